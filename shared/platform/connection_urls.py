"""The PostgreSQL URL behind a secret: the secret itself, or made of the JSON that RDS, its proxy and its rotation speak."""

import json
from urllib.parse import quote

_PORT = 5432
_DATABASE = "comptoir"


def connection_url(secret: str, host: str = "", database: str = "") -> str:
    """`secret` when it is a URL; else that of its JSON (`username`, `password`, and where known `host`, `port`, `dbname`).

    `host` and `database`, when given, take the place of the JSON's: those of a proxy, or what its maker did not know.
    Raises ValueError for a secret that is neither, or when nobody says where the server is.
    """
    if not secret.lstrip().startswith("{"):
        if not secret.startswith(("postgresql://", "postgres://")):
            raise ValueError(
                "the secret of a database is a postgresql:// URL, or JSON with username and password"
            )
        return secret
    told = json.loads(secret)
    server = host or told.get("host")
    if not server or "username" not in told or "password" not in told:
        raise ValueError("the secret of a database says username, password and, unless its stack does, host")
    user, password = quote(told["username"], ""), quote(told["password"], "")
    name = database or told.get("dbname") or _DATABASE
    return f"postgresql://{user}:{password}@{server}:{told.get('port') or _PORT}/{quote(name, '')}"
