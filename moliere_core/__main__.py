"""`python -m moliere_core`, the same as the command `moliere`."""

import sys

from moliere_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
