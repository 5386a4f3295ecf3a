"""The official SDKs, each made to hold the same conversation.

A conversation is a dict, so that the SDKs for Node can be told it, too:

    model, user            who is asked what
    stream                 bool
    system                 optional text
    image                  a PNG in base64 that goes with the user's words
    tools                  [{name, description, schema}]
    results                {tool: text}: what each tool says when it is called
    schema                 that the answer must have
    effort                 "low", "medium", "high": think
    max_tokens             a number
    abort                  leave after the first words
    one_round              do not go on when tools are called (Python)
    bare                   play back only what the dialect's own fields hold: no proof of thinking in foreign ones

What comes of it is a dict as well:

    rounds                 [{text, thought, calls: [{id, name, arguments}], finish, usage, model}]
    error                  {status, message, name, code}, when one came; `rounds` then ends with what came before it

`usage` has prompt, completion, cached, written, thinking, total as the truth has (fakes/truth.py), None where the
dialect has no such number; `finish` is stop, length, calls or filter.
"""
