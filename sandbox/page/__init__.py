"""The page of the try-out: a phone, the mailboxes, the calls as they happen, actions, faults and steps.

Here live the HTTP routes and the page itself (`static/`: own HTML, CSS and plain JavaScript modules, nothing from
elsewhere). Not here: the servers it shows (`sandbox.telegram`, `sandbox.mail`) and what the product is; whoever
starts the world says what people, actions and steps there are.
"""
