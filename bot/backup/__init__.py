"""Backups: made beside a running bot, readable by nobody but the holder of a private key that is elsewhere, and restored with care.

    sqlite.py, postgresql.py    one consistent copy of the database, examined, and such a copy put in place
    wrapping.py                 what stands in a backup, and its signature
    sealing.py                  encryption to a public key (the format of age)
    making.py                   a backup from the copy to the folder, read back before it counts
    restoring.py                a database from a backup; `bot/pipeline/resuming.py` does what that means for people

A backup is `age(gzip(a line of JSON, the copy, the signature))`, so that it can be opened without this program:

    age -d -i KEY FILE | gunzip | tail -n +2 | head -c -65 > alwand.db

The copy is sealed as the database is. The encryption around it hides also what is clear there, the signature, made with the bot's own key,
keeps others from giving us a database of their making: to encrypt to a public key is everybody's right.
"""
