"""How a lower package tells a higher one that something happened, in the same transaction."""
from flask import current_app


def announce(event) -> None:
    """Run the reactions to `event`, in the order in which reactions.py lists them. What they refuse undoes everything."""
    for react in current_app.extensions["reactions"].get(type(event), ()):
        react(event)
