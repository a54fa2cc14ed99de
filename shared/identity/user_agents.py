"""What a browser is called in a mail about it, in our words: a mail must not carry what a stranger's device calls itself."""

# In this order: most browsers also name those that they imitate.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_label(user_agent: str) -> str | None:
    """`Firefox, Linux`; None for what is no browser that we know."""
    known = [
        next((name for sign, name in signs if sign in user_agent), None) for signs in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in known if name) or None
