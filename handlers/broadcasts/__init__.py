"""What coordinators tell many people who asked for it: written, previewed, approved by somebody else, sent at its time, and counted.

One message in the author's group, or in a coordinator's chat with the bot (`panel`: the `facts` and a question of `steps` or `choosing`),
carries a broadcast from its first word on. It is filled in by taps (`composing`, `filling`, `audience`, `timing`) and replies (`prompts`,
`replies`, `quizzes`); what is chosen but does not count yet is `pending`. A second person approves it (`approving`). Then it is sent
(`starting`, `rescheduling`), followed and stopped (`watching`, `progress`, `controlling`, `finishing`) and found again (`listing`).
`message` is what people read, `answering` what they press below it, `when` how its time reads. `authority` is asked at each press and each
reply; `writing` and `control` are the tables.
"""
