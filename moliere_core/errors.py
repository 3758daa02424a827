"""One family of exceptions: one sentence that names the value, the limit and the way out."""


class MoliereError(Exception):
    """Anything that the user can put right; the message is meant to be shown as it is."""


class ConfigError(MoliereError):
    """A setting outside its range."""


class CorpusError(MoliereError):
    """A corpus that cannot be read, or that lacks what was asked of it."""


class ModelError(MoliereError):
    """A model reference that names nothing, or weights that do not fit together."""


class RunError(MoliereError):
    """A run folder that is incomplete, or that cannot be written."""


class TrainingError(MoliereError):
    """A training that cannot start: no framework, or too little text."""
