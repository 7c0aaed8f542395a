"""`alwand check`: examines everything the bot stands on, changes nothing, and says of each fault how to mend it.

`machine.py` looks at this machine (keys, database, disk, languages, numbers, pictures), `telegram.py` asks Telegram (token, clock, settings
of the bot, Stars), `webhook.py` whether it can bring what people write, `groups.py` the forums' groups, `channels.py` the districts'
channels. What Telegram answers about people is not asked for and not shown.
"""

from bot.check.examination import examine
from bot.check.finding import Finding

__all__ = ["Finding", "examine"]
