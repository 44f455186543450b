"""What happens at a moment: rows with a due time, done once, one transaction each, by whoever holds the lease `schedule`.

The kinds of jobs belong to the rooms above, which plan them and give the verbs that do them. Not here: messages that go
out later (deliveries have a due time of their own).
"""
