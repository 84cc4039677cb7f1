"""Values made up when a command is sent: documents, texts, the time, the deployment's name; and secrets that can be shown masked."""

from __future__ import annotations

import json

from pyinfra.api import HiddenValue


class Json:
    """
    A document as JSON text, for parameters AWS takes as text: ``Json({"Version": "2012-10-17", ...})``; references anywhere in it.

    + document: what it says
    """

    def __init__(self, document):
        self.document = document

    def __str__(self):
        return json.dumps(self.document, default=str)

    __repr__ = __str__

    def __eq__(self, other):
        return type(other) is type(self) and self.document == other.document

    __hash__ = None


class Text:
    """
    Text with references in it: ``Text("postgresql://{user}@{host}", user="airflow", host=Ref(...))``.
    It is hidden as soon as one of its parts is.

    + template: a format string
    + parts: what stands in it
    """

    def __init__(self, template: str, **parts):
        self.template, self.parts = template, parts

    def __str__(self):
        return self.template.format(**{key: str(part) for key, part in self.parts.items()})

    __repr__ = __str__

    def __eq__(self, other):
        return isinstance(other, Text) and (self.template, self.parts) == (other.template, other.parts)

    __hash__ = None


class Digest(Json):
    """
    A fingerprint of a document: another one as soon as anything in it is another; it tells nothing of the secrets in it.

    + document: references anywhere in it
    """

    def __str__(self):
        return "<digest>"

    __repr__ = __str__


class MaskedValue(HiddenValue):
    """A hidden value that `pyinfra ... fact` can print, masked."""

    def to_json(self):
        return self.masked_value


class Now:
    """Stands for the time a command is sent, as names carry it: ``20261122-190000``."""

    def __str__(self):
        return "<now>"

    __repr__ = __str__


NOW = Now()


class Deployment:
    """Stands for the name of the deployment a command is sent for, as in the filter by our tag."""

    def __str__(self):
        return "<deployment>"

    __repr__ = __str__


DEPLOYMENT = Deployment()
