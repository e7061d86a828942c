"""schemathesis over the published document: every example, the edges of every schema, and some made-up calls of each
route. No answer may be a 5xx, or one that the document does not have."""

import os
import subprocess
import sys

URL, TOKEN = os.environ["MEMORABLE_URL"], os.environ["MEMORABLE_TOKEN"]
EXAMPLES = os.environ.get("MEMORABLE_CALLS", "15")  # made-up calls of each route

done = subprocess.run([
    os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run", f"{URL}/openapi.json", "--url", URL,
    "--header", f"Authorization: Bearer {TOKEN}",
    "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
    "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1", "--generation-deterministic",
    "--workers", "1", "--no-color", "--continue-on-failure",
], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=os.environ.get("MEM0_DIR") or None)
# Its progress is for a terminal; what failed, and the sums, stand behind it.
print("\n".join(done.stdout.splitlines()[-400 if done.returncode else -25:]))
sys.exit(done.returncode)
