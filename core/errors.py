"""Expected refusals: Chinese for a person, a stable code for a machine."""


class DomainError(Exception):
    """A rule refused a change; nothing was written.

    `code` is stable and machine readable, `message` tells a person in Chinese what to do, `field`
    names the form or API field it belongs to (None: the whole request).
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = str(message)
        self.field = field


class Refused(DomainError):
    """The actor may not do this; the message gives the reason (HTTP 403)."""

    def __init__(self, reason: str, code: str = "refused") -> None:
        super().__init__(code, reason)


class Conflict(DomainError):
    """Somebody else changed the record since the actor read it (HTTP 409)."""

    def __init__(self, message: str = "内容已被他人修改，请核对最新内容后再提交。") -> None:
        super().__init__("conflict", message)
