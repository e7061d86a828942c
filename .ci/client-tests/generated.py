"""The clients of examples/clients are what the running service describes."""

import os
import subprocess
import sys

generator = os.path.join(os.environ["MEMORABLE_EXAMPLES"], "clients", "generate.py")
sys.exit(subprocess.run([sys.executable, generator, os.environ["MEMORABLE_URL"], "--check"]).returncode)
