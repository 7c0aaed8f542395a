"""What a resident reads on the way, in each language, so that the dialogues can be read by somebody who speaks it."""

from bot.model.ids import Language

SAYS: dict[str, dict[Language, str]] = {
    "welcome": {
        "en": "Welcome to the Community Policing Forum of Diyala.",
        "ar": "أهلًا وسهلًا بكم في منتدى الشرطة المجتمعية في ديالى.",
        "ckb": "بەخێر بێن بۆ کۆڕبەندی پۆلیسی کۆمەڵگەیی لە دیالە.",
    },
    "consent": {"en": "Do you agree that we continue?", "ar": "هل توافقون على أن نستمر؟", "ckb": "ئایا ڕازین کە بەردەوام بین؟"},
    "days": {"en": "180 days", "ar": "180 يومًا", "ckb": "180 ڕۆژ"},
    "menu": {
        "en": "How can we help? Please choose:",
        "ar": "كيف يمكننا المساعدة؟ يرجى الاختيار:",
        "ckb": "چۆن دەتوانین یارمەتیتان بدەین؟ تکایە هەڵبژێرن:",
    },
    "danger?": {"en": "Is anyone in danger right now?", "ar": "هل هناك شخص في خطر الآن؟", "ckb": "ئایا ئێستا کەسێک لە مەترسیدایە؟"},
    "call": {"en": "Please call 911 now.", "ar": "يرجى الاتصال الآن بالرقم 911.", "ckb": "تکایە هەر ئێستا پەیوەندی بە ژمارەی 911 بکەن."},
    "category?": {"en": "What is the problem about?", "ar": "ما نوع المشكلة؟", "ckb": "کێشەکە دەربارەی چییە؟"},
    "drugs hint": {
        "en": "selling, carrying or using drugs",
        "ar": "بيع المخدرات أو نقلها أو تعاطيها",
        "ckb": "فرۆشتن، گواستنەوە یان بەکارهێنانی ماددەی هۆشبەر",
    },
    "story?": {"en": "Please tell us what happened.", "ar": "يرجى إخبارنا بما حدث.", "ckb": "تکایە پێمان بڵێن چی ڕووی داوە."},
    "when?": {"en": "When did it happen?", "ar": "متى حدث ذلك؟", "ckb": "کەی ڕووی دا؟"},
    "contact?": {
        "en": "May the forum ask you questions",
        "ar": "هل يمكن للمنتدى أن يسألكم",
        "ckb": "ئایا کۆڕبەند دەتوانێت",
    },
    "media?": {"en": "Do you want to send it?", "ar": "هل تريدون الإرسال؟", "ckb": "دەتانەوێت بینێرن؟"},
    "thanks": {
        "en": "Your report was sent to the forum of Khanaqin.",
        "ar": "أُرسل بلاغكم إلى منتدى خانقين.",
        "ckb": "سکاڵاکەتان نێردرا بۆ کۆڕبەندی خانەقین.",
    },
    "cancelled": {"en": "Cancelled. Nothing was sent.", "ar": "تم الإلغاء. لم يُرسل أي شيء.", "ckb": "هەڵوەشێنرایەوە. هیچ شتێک نەنێردرا."},
    "waiting": {
        "en": "You started a report but did not send it.",
        "ar": "بدأتم بلاغًا ولم ترسلوه.",
        "ckb": "دەستتان بە نووسینی سکاڵایەک کرد، بەڵام نەتانناردووە.",
    },
}

BUTTONS: dict[str, dict[Language, str]] = {
    "report": {"en": "Report a problem", "ar": "الإبلاغ عن مشكلة", "ckb": "ڕاگەیاندنی کێشەیەک"},
    "my reports": {"en": "My reports", "ar": "بلاغاتي", "ckb": "سکاڵاکانم"},
    "agree": {"en": "I agree", "ar": "أوافق", "ckb": "ڕازیم"},
    "disagree": {"en": "I do not agree", "ar": "لا أوافق", "ckb": "ڕازی نیم"},
    "yes": {"en": "Yes", "ar": "نعم", "ckb": "بەڵێ"},
    "no": {"en": "No", "ar": "لا", "ckb": "نەخێر"},
    "drugs": {"en": "Drugs", "ar": "المخدرات", "ckb": "ماددەی هۆشبەر"},
    "services": {"en": "Services", "ar": "الخدمات", "ckb": "خزمەتگوزارییەکان"},
    "khanaqin": {"en": "Khanaqin", "ar": "خانقين", "ckb": "خانەقین"},
    "skip": {"en": "Skip", "ar": "تخطّي", "ckb": "پەڕاندن"},
    "done": {"en": "Done", "ar": "تم", "ckb": "تەواو"},
    "back": {"en": "Back", "ar": "رجوع", "ckb": "گەڕانەوە"},
    "cancel": {"en": "Cancel", "ar": "إلغاء", "ckb": "هەڵوەشاندنەوە"},
    "edit": {"en": "Edit", "ar": "تعديل", "ckb": "دەستکاری"},
    "send": {"en": "Send", "ar": "إرسال", "ckb": "ناردن"},
    "continue": {"en": "Continue", "ar": "استمرار", "ckb": "بەردەوامبوون"},
}

STORY: dict[Language, str] = {
    "en": "Some people sell pills near the girls' school, every day at noon.",
    "ar": "السلام عليكم، اكو ناس يبيعون حبوب قرب مدرسة البنات، كل يوم الظهر",
    "ckb": "سڵاو، لە نزیک قوتابخانەی کچان ماددەی هۆشبەر دەفرۆشن",
}
