"""What coordinators tell many people who asked for it: written, previewed, approved by somebody else, sent at its time, and counted.

`authority` says who may do what. One message in the author's group carries a broadcast from its first word (`composing`, `filling`,
`audience`, `timing`) through its preview and approval (`approving`) to the sending (`starting`, `controlling`, `watching`). `message` is
what people read; `answering` is what they press below it. The tables here are merged into those of the book.
"""
