// What the page itself says. One line a sentence: English, Arabic, Kurdish (Sorani).
// Values in {braces} are isolated when they are put in, so that numbers and names keep their direction.

export const LANGUAGES = {
  en: { name: 'English', dir: 'ltr' },
  ar: { name: 'العربية', dir: 'rtl' },
  ckb: { name: 'کوردی', dir: 'rtl' },
};

// As months are called in Iraq; browsers know neither the Iraqi Arabic names everywhere nor any Sorani ones.
export const MONTHS = {
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
  ar: ['كانون الثاني', 'شباط', 'آذار', 'نيسان', 'أيار', 'حزيران', 'تموز', 'آب', 'أيلول', 'تشرين الأول', 'تشرين الثاني', 'كانون الأول'],
  ckb: ['کانوونی دووەم', 'شوبات', 'ئازار', 'نیسان', 'ئایار', 'حوزەیران', 'تەمووز', 'ئاب', 'ئەیلوول', 'تشرینی یەکەم', 'تشرینی دووەم', 'کانوونی یەکەم'],
};

const ORDER = ['en', 'ar', 'ckb'];

export const WORDS = {
  product: ['Diyala Community Policing Forum', 'منتدى الشرطة المجتمعية - ديالى', 'کۆڕبەندی پۆلیسی کۆمەڵگەیی - دیالە'],
  title: ['Alwand: try it out', 'الوند: للتجربة', 'ئەڵوەن: بۆ تاقیکردنەوە'],
  name: ['Alwand', 'الوند', 'ئەڵوەن'],
  tagline: [
    'A resident writes, the forum answers, and nobody’s name passes between them.',
    'أحد الأهالي يكتب، والمنتدى يرد، من دون أن يعرف أحدهما اسم الآخر.',
    'دانیشتوو دەنووسێت، کۆڕبەند وەڵام دەداتەوە، و ناوی کەس لە نێوانیاندا ئاشکرا نابێت.',
  ],
  page_language: ['Language of this page', 'لغة الصفحة', 'زمانی پەڕەکە'],
  skip_to_chats: ['Go to the conversations', 'الانتقال إلى المحادثات', 'بڕۆ بۆ گفتوگۆکان'],
  loading: ['One moment, please', 'لحظة من فضلكم', 'تکایە چاوەڕێ بکەن'],
  unreachable: [
    'This page has lost its server. Is “make demo” still running?',
    'انقطع اتصال الصفحة بالخادم. هل ما زال الأمر «make demo» يعمل؟',
    'پەیوەندیی پەڕەکە بە ڕاژەکارەوە پچڕا. ئایا فەرمانی «make demo» هێشتا کار دەکات؟',
  ],
  columns: ['What can be looked at', 'ما يمكن عرضه', 'ئەوەی دەتوانرێت ببینرێت'],
  phone: ['Resident’s phone', 'هاتف أحد الأهالي', 'مۆبایلی دانیشتوو'],
  forum: ['Forum’s group', 'مجموعة المنتدى', 'گرووپی کۆڕبەند'],
  province: ['Province’s group', 'مجموعة المحافظة', 'گرووپی پارێزگا'],
  tab_phone: ['Resident', 'الأهالي', 'دانیشتوو'],
  tab_forum: ['Forum', 'المنتدى', 'کۆڕبەند'],
  tab_province: ['Province', 'المحافظة', 'پارێزگا'],
  tab_crowd: ['Subscribers', 'المشتركون', 'وەرگران'],
  crowd: ['Subscribers', 'المشتركون', 'وەرگرانی پەیام'],
  crowd_size: ['Pretend people: {count}', 'أشخاص للتجربة: {count}', 'کەسانی نموونەیی: {count}'],
  have_it: ['of {most} have the message', 'من أصل {most} وصلتهم الرسالة', 'کەس لە {most} پەیامەکەیان پێ گەیشتووە'],
  progress: ['Who has the message', 'من وصلتهم الرسالة', 'ئەوانەی پەیامەکەیان پێ گەیشتووە'],
  of: ['{count} of {most}', '{count} من {most}', '{count} لە {most}'],
  rate: ['{count} a second', '{count} في الثانية', '{count} لە چرکەیەکدا'],
  still: ['Nothing is on its way', 'لا شيء في الطريق الآن', 'ئێستا هیچ بەڕێوە نییە'],
  turned_away: ['Cannot be reached: {count}', 'تعذّر الوصول إلى: {count}', 'پێیان ناگات: {count}'],
  doubled: ['Got it twice: {count}', 'وصلتهم مرتين: {count}', 'دوو جار پێیان گەیشتووە: {count}'],
  meanwhile: [
    'Answers to residents meanwhile: {count}; the slowest took {seconds} s',
    'الردود على الأهالي في أثناء ذلك: {count}، وأبطؤها استغرق {seconds} ثانية',
    'وەڵامی دانیشتووان لەم کاتەدا: {count}؛ خاوترینیان {seconds} چرکەی خایاند',
  ],
  how_write: [
    'Write a broadcast in the province’s group with /broadcast: topic, text, time.',
    'اكتبوا رسالة عامة في مجموعة المحافظة بالأمر ‎/broadcast: الموضوع والنص والوقت.',
    'لە گرووپی پارێزگا بە فەرمانی ‎/broadcast پەیامێکی گشتی بنووسن: بابەت، دەق و کات.',
  ],
  how_approve: [
    'Approve it as the other coordinator: “You are” at the top of that column.',
    'وافقوا عليها بصفة المنسّق الآخر: «أنتم الآن» في أعلى ذلك العمود.',
    'وەک هەماهەنگکارەکەی تر پەسەندی بکەن: «ئێوە ئێستا» لە سەرەوەی ئەو ستوونەدا.',
  ],
  how_watch: [
    'Watch the bar, and write to the bot from the resident’s phone: answers go first.',
    'تابعوا الشريط، واكتبوا إلى البوت من هاتف أحد الأهالي: الردود تسبق.',
    'سەیری هێڵەکە بکەن و لە مۆبایلی دانیشتووەوە بۆ بۆتەکە بنووسن: وەڵامەکان پێش دەکەون.',
  ],
  how_kill: [
    'Kill the bot or cut the network: it goes on with the next person.',
    'أوقفوا البوت قسرًا أو اقطعوا الشبكة: سيكمل من الشخص التالي.',
    'بۆتەکە بەزۆر بوەستێنن یان تۆڕەکە بپچڕێنن: لە کەسی دواترەوە بەردەوام دەبێت.',
  ],
  begin: ['Write a broadcast', 'كتابة رسالة عامة', 'نووسینی پەیامێکی گشتی'],
  nothing_yet: ['Nothing yet', 'لا شيء بعد', 'هێشتا هیچ نییە'],
  no_post: ['{name}: no post yet', '{name}: لا منشور بعد', '{name}: هێشتا هیچ بڵاوکراوەیەک نییە'],
  unseen: ['{count} new', '{count} جديد', '{count} نوێ'],
  you_are: ['You are', 'أنتم الآن', 'ئێوە ئێستا'],
  which_forum: ['Forum', 'المنتدى', 'کۆڕبەند'],
  role_member: ['{name}, member', '{name}، عضو', '{name}، ئەندام'],
  role_anonymous: ['{name}, anonymous admin', '{name}، مشرف مخفي الاسم', '{name}، بەڕێوەبەری بێ ناو'],
  role_stranger: ['{name}, not a member', '{name}، ليس عضوًا', '{name}، ئەندام نییە'],
  role_coordinator: ['{name}, coordinator', '{name}، منسّق', '{name}، هەماهەنگکار'],
  role_head: ['{name}, provincial head', '{name}، مسؤول المنتديات', '{name}، بەرپرسی کۆڕبەندەکان'],
  members: ['Members: {count}', 'الأعضاء: {count}', 'ئەندامان: {count}'],
  bot: ['bot', 'بوت', 'بۆت'],
  you: ['You', 'أنتم', 'ئێوە'],
  typing: ['is writing…', 'يكتب…', 'دەنووسێت…'],
  start: ['Start', 'ابدأ', 'دەستپێکردن'],
  empty_group: [
    'Nothing here yet. When a resident sends a report for this area, its card appears here.',
    'لا شيء هنا بعد. عندما يرسل أحد الأهالي بلاغًا من هذه المنطقة تظهر بطاقته هنا.',
    'هێشتا هیچ لێرە نییە. کاتێک دانیشتوویەک سکاڵایەک بۆ ئەم ناوچەیە بنێرێت، کارتەکەی لێرە دەردەکەوێت.',
  ],
  empty_province: [
    'Nothing here yet. Sensitive reports, and what a forum sends up, appear here.',
    'لا شيء هنا بعد. هنا تظهر البلاغات الحساسة وما ترفعه المنتديات.',
    'هێشتا هیچ لێرە نییە. سکاڵا هەستیارەکان و ئەوەی کۆڕبەندەکان بەرزی دەکەنەوە لێرە دەردەکەون.',
  ],
  not_member: ['You are not in this group.', 'لستم في هذه المجموعة.', 'ئێوە لەم گرووپەدا نین.'],
  join: ['Join the group', 'الانضمام إلى المجموعة', 'چوونە ناو گرووپەکە'],
  leave: ['Leave the group', 'مغادرة المجموعة', 'دەرچوون لە گرووپەکە'],
  block: ['Block the bot', 'حظر البوت', 'بلۆککردنی بۆتەکە'],
  unblock: ['Unblock the bot', 'إلغاء حظر البوت', 'لابردنی بلۆکی بۆتەکە'],
  blocked: ['You have blocked the bot.', 'لقد حظرتم البوت.', 'بۆتەکەتان بلۆک کردووە.'],
  message: ['Message', 'الرسالة', 'پەیام'],
  write: ['Write a message', 'اكتبوا رسالة', 'پەیامێک بنووسن'],
  send: ['Send', 'إرسال', 'ناردن'],
  save: ['Save', 'حفظ', 'پاشەکەوتکردن'],
  attach: ['Attach', 'إرفاق', 'هاوپێچکردن'],
  commands: ['Menu', 'القائمة', 'لیست'],
  record: ['Record a voice note', 'تسجيل رسالة صوتية', 'تۆمارکردنی پەیامی دەنگی'],
  recording: ['Recording (a sample is sent)', 'جارٍ التسجيل (يُرسل مثال جاهز)', 'تۆمار دەکرێت (نموونەیەکی ئامادە دەنێردرێت)'],
  discard: ['Discard', 'حذف', 'سڕینەوە'],
  cancel: ['Cancel', 'إلغاء', 'هەڵوەشاندنەوە'],
  close: ['Close', 'إغلاق', 'داخستن'],
  ok: ['OK', 'حسنًا', 'باشە'],
  reply: ['Reply', 'رد', 'وەڵامدانەوە'],
  reply_to: ['Reply to: {text}', 'رد على: {text}', 'وەڵامدانەوەی: {text}'],
  replying_to: ['Reply to {name}', 'رد على {name}', 'وەڵام بۆ {name}'],
  edit: ['Edit', 'تعديل', 'دەستکاری'],
  edit_this: ['Edit: {text}', 'تعديل: {text}', 'دەستکاری: {text}'],
  editing: ['Editing your message', 'تعديل رسالتكم', 'دەستکاریی پەیامەکەتان'],
  edited: ['edited', 'معدَّلة', 'دەستکاریکراو'],
  protected: ['Cannot be forwarded or saved', 'لا يمكن إعادة توجيهها أو حفظها', 'ناگوازرێتەوە و پاشەکەوت ناکرێت'],
  forwarded: ['Forwarded from {name}', 'أُعيد توجيهها من {name}', 'گوازراوەتەوە لە {name}'],
  photo: ['Photo', 'صورة', 'وێنە'],
  album: ['Album', 'ألبوم صور', 'ئەلبووم'],
  voice: ['Voice note', 'رسالة صوتية', 'پەیامی دەنگی'],
  video: ['Video', 'فيديو', 'ڤیدیۆ'],
  video_note: ['Video message', 'رسالة فيديو', 'پەیامی ڤیدیۆ'],
  audio: ['Audio', 'ملف صوتي', 'فایلی دەنگی'],
  document: ['File', 'ملف', 'فایل'],
  sticker: ['Sticker', 'ملصق', 'ستیکەر'],
  location: ['Location', 'الموقع', 'شوێن'],
  location_of: ['Location: {name}', 'الموقع: {name}', 'شوێن: {name}'],
  contact: ['My contact card', 'بطاقة الاتصال الخاصة بي', 'کارتی پەیوەندیی من'],
  contact_card: ['Contact', 'جهة اتصال', 'پەیوەندی'],
  poll: ['Poll', 'استطلاع', 'ڕاپرسی'],
  own_file: ['A file of your own', 'ملف من عندكم', 'فایلێکی خۆتان'],
  too_big: ['This file is too big (limit: 20 MB).', 'الملف كبير جدًا (الحد الأعلى: 20 ميغابايت).', 'فایلەکە زۆر گەورەیە (زۆرترین قەبارە: 20 مێگابایت).'],
  play: ['Play', 'تشغيل', 'لێدان'],
  pause: ['Pause', 'إيقاف مؤقت', 'ڕاگرتن'],
  position: ['Position in the recording', 'الموضع في التسجيل', 'شوێن لە تۆمارەکەدا'],
  buttons_of: ['Buttons of the message', 'أزرار الرسالة', 'دوگمەکانی پەیامەکە'],
  keyboard: ['Suggested answers', 'إجابات مقترحة', 'وەڵامی پێشنیارکراو'],
  service_joined: ['{name} joined the group', 'انضم إلى المجموعة: {name}', 'هاتە ناو گرووپەکە: {name}'],
  service_left: ['{name} left the group', 'غادر المجموعة: {name}', 'لە گرووپەکە دەرچوو: {name}'],
  service_pinned: ['A message was pinned', 'ثُبّتت رسالة', 'پەیامێک هەڵواسرا'],
  service_migrated: ['The group was upgraded', 'تمت ترقية المجموعة', 'گرووپەکە بەرزکرایەوە'],
  service_topic: ['A topic was changed', 'تغيّر أحد المواضيع', 'بابەتێک گۆڕدرا'],
  service_title: ['The group’s name was changed', 'تغيّر اسم المجموعة', 'ناوی گرووپەکە گۆڕدرا'],
  today: ['Today', 'اليوم', 'ئەمڕۆ'],
  status: ['State of the bot', 'حالة البوت', 'دۆخی بۆت'],
  bot_up: ['The bot is working', 'البوت يعمل', 'بۆتەکە کار دەکات'],
  bot_down: ['The bot is down', 'البوت متوقف', 'بۆتەکە وەستاوە'],
  bot_deaf: ['The bot is not reachable', 'لا يمكن الوصول إلى البوت', 'ناتوانرێت بگەینە بۆتەکە'],
  bot_starting: ['The bot is starting', 'البوت قيد التشغيل', 'بۆتەکە دەستپێ دەکات'],
  bot_failed: ['The bot cannot start', 'تعذّر تشغيل البوت', 'بۆتەکە دەستی پێ نەکرد'],
  network_up: ['Network connected', 'الشبكة متصلة', 'تۆڕ پەیوەستە'],
  network_down: ['Network cut', 'الشبكة مقطوعة', 'تۆڕ پچڕاوە'],
  waiting: ['Waiting at Telegram: {count}', 'بالانتظار لدى تيليغرام: {count}', 'لە تێلێگرام چاوەڕوانن: {count}'],
  calls: ['Calls to Telegram: {count}', 'طلبات إلى تيليغرام: {count}', 'داواکاری بۆ تێلێگرام: {count}'],
  killed_times: ['Killed: {count}', 'مرات الإيقاف القسري: {count}', 'جار وەستێنراوە: {count}'],
  kill: ['Kill the bot', 'إيقاف البوت قسرًا', 'وەستاندنی بۆت بەزۆر'],
  cut: ['Cut the network', 'قطع الشبكة', 'پچڕاندنی تۆڕ'],
  mend: ['Connect the network', 'إعادة الشبكة', 'گەڕاندنەوەی تۆڕ'],
  hour: ['Let an hour pass', 'مرور ساعة', 'تێپەڕبوونی کاتژمێرێک'],
  day: ['Let a day pass', 'مرور يوم', 'تێپەڕبوونی ڕۆژێک'],
  story_hour: [
    'An hour has passed for the bot and for Telegram.',
    'مرّت ساعة على البوت وعلى تيليغرام.',
    'کاتژمێرێک بەسەر بۆتەکە و تێلێگرامدا تێپەڕی.',
  ],
  story_day: [
    'A day has passed for the bot and for Telegram. What fell due in it comes now.',
    'مرّ يوم على البوت وعلى تيليغرام. ما حان موعده خلاله يصل الآن.',
    'ڕۆژێک بەسەر بۆتەکە و تێلێگرامدا تێپەڕی. ئەوەی کاتی هاتبوو ئێستا دەگات.',
  ],
  story_killed: [
    'The bot was killed in the middle of its work. It starts again by itself in a moment. Go on writing: what you send waits at Telegram.',
    'أُوقف البوت وهو في وسط عمله، وسيعود وحده بعد لحظة. استمروا في الكتابة: ما ترسلونه ينتظر لدى تيليغرام.',
    'بۆتەکە لە ناوەڕاستی کارەکەیدا وەستێنرا و دوای ساتێک خۆی دەگەڕێتەوە. بەردەوام بن لە نووسین: ئەوەی دەینێرن لە تێلێگرام چاوەڕێ دەکات.',
  ],
  story_cut: [
    'The network is cut: the bot reaches nobody. Go on writing, then connect it again.',
    'الشبكة مقطوعة، والبوت لا يصل إلى أحد. استمروا في الكتابة ثم أعيدوا الشبكة.',
    'تۆڕ پچڕاوە و بۆتەکە ناگاتە کەس. بەردەوام بن لە نووسین، پاشان تۆڕەکە بگەڕێننەوە.',
  ],
  story_back: [
    'The bot is back and has read everything that was waiting.',
    'عاد البوت وقرأ كل ما كان ينتظر.',
    'بۆتەکە گەڕایەوە و هەموو ئەوەی چاوەڕێ بوو خوێندیەوە.',
  ],
  hidden_title: ['What the forum never sees', 'ما لا يراه المنتدى أبدًا', 'ئەوەی کۆڕبەند هەرگیز نایبینێت'],
  hidden_name: ['Name', 'الاسم', 'ناو'],
  hidden_username: ['Username', 'اسم المستخدم', 'ناوی بەکارهێنەر'],
  hidden_phone: ['Phone', 'الهاتف', 'ژمارەی تەلەفۆن'],
  hidden_id: ['Telegram ID', 'رقم الحساب', 'ژمارەی هەژمار'],
  hidden_clean: [
    'Checked: messages in the groups: {count}; none of this is in them.',
    'فُحصت رسائل المجموعات، وعددها {count}، ولا يظهر فيها أي من هذا.',
    'پەیامەکانی گرووپەکان پشکنران، ژمارەیان {count}؛ هیچ یەک لەمانەی تێدا نییە.',
  ],
  hidden_leak: [
    'Found in the groups’ messages: {count}.',
    'ظهر هذا في رسائل المجموعات: {count}.',
    'ئەمە لە پەیامەکانی گرووپەکاندا بینرا: {count}.',
  ],
  failed: ['That did not work: {text}', 'لم ينجح ذلك: {text}', 'ئەمە سەرکەوتوو نەبوو: {text}'],
  notice: ['Notice', 'تنبيه', 'ئاگاداری'],
};

export function firstLanguage(preferred = navigator.languages ?? []) {
  const kept = recall('language');
  if (kept in LANGUAGES) return kept;
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'ku' || language === 'ckb') return 'ckb';
    if (language in LANGUAGES) return language;
  }
  return 'ar';
}

export function recall(key) {
  try { return localStorage.getItem(`alwand.${key}`); } catch { return null; }
}

export function remember(key, value) {
  try { localStorage.setItem(`alwand.${key}`, value); } catch { /* a browser without storage forgets, that is all */ }
}

const isolate = (value) => `\u2068${value}\u2069`;

export function sentence(language, key, values = {}) {
  const found = WORDS[key]?.[ORDER.indexOf(language)];
  if (found === undefined) throw new Error(`no words for ${key} in ${language}`);
  return found.replace(/\{(\w+)\}/g, (_, name) => isolate(values[name]));
}
