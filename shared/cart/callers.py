"""Who may use a cart: whoever holds its token, and the account whose it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from shared.cart import store
from shared.cart.records import CartRecord, LineRecord
from shared.cart.refusals import CartNotFound, CartTokenMissing
from shared.cart.tokens import token_hash
from shared.kernel.refusals import Refusal, Unauthenticated
from shared.platform.callers import Caller
from shared.platform.http import HttpRequest

if TYPE_CHECKING:
    from shared.platform.work import Work

_HEADER = "x-cart-token"
_PATH_PARAMETER = "cart_id"
_MEMO = "cart_token_hash"


class CartHolder(Caller):
    """The holder of a cart's token, or the account whose cart it is. Where the path names a cart, it is this one, or the one that has
    taken its lines; a foreign one is not there. An account that names none has its latest."""

    who: ClassVar[str] = "cart"
    limited_as: ClassVar[str] = "cart"
    refuses: ClassVar[tuple[type[Refusal], ...]] = (CartTokenMissing, CartNotFound)

    def __init__(self, cart: CartRecord) -> None:
        self.cart = cart

    @classmethod
    def client(cls, request: HttpRequest) -> str | None:
        """The hash of the token, whether or not there is such a cart or account. Raises CartTokenMissing."""
        return (_hash(request) or _hash_of_bearer(request)).hex()

    @classmethod
    def recognise(cls, request: HttpRequest, work: "Work", needs: str | None) -> Self:
        """The holder of the token's cart, else the owner of the named one. Raises CartTokenMissing, CartNotFound."""
        hash, named = _hash(request), request.path_params.get(_PATH_PARAMETER)
        holder = cls._find(work, hash) if hash else None
        if holder is not None and holder._is_named(named):
            return holder
        owned = _owned(request, work, named)
        holder = cls._find(work, owned) if owned else None
        if holder is None:
            raise CartNotFound
        return holder

    def _is_named(self, named: str | None) -> bool:
        if self.cart.merged_into is not None:
            return False
        return named is None or named.lower() == str(self.cart.id)

    @classmethod
    def _find(cls, work: "Work", hash: bytes) -> Self | None:
        cart = store.by_token(work, hash)
        return cls(cart) if cart else None

    def scope(self) -> str:
        """Keys are unique within the cart."""
        return f"cart {self.cart.id}"


class CartReader(CartHolder):
    """A holder who looks at the cart: it is read with its `lines`."""

    def __init__(self, cart: CartRecord, lines: Sequence[LineRecord]) -> None:
        super().__init__(cart)
        self.lines = lines

    @classmethod
    def _find(cls, work: "Work", hash: bytes) -> Self | None:
        found = store.by_token_with_lines(work, hash)
        return cls(*found) if found else None


class CartEditor(CartHolder):
    """A holder who is about to change the cart: it is locked with its `lines` known, its buyer noted as active."""

    # Not for endpoints with an Idempotency-Key: a concurrent twin would wait for this lock instead of being told apart.
    def __init__(self, cart: CartRecord, lines: Sequence[LineRecord]) -> None:
        super().__init__(cart)
        self.lines = lines

    @classmethod
    def _find(cls, work: "Work", hash: bytes) -> Self | None:
        found = store.touch_by_token(work, hash)
        return cls(*found) if found else None


def _hash(request: HttpRequest) -> bytes | None:
    known = request.memo.get(_MEMO)
    if known is None:
        token = request.headers.get(_HEADER, "").strip()
        if not token:
            return None
        known = request.memo[_MEMO] = token_hash(token)
    return bytes(known)


def _hash_of_bearer(request: HttpRequest) -> bytes:
    shown = request.headers.get("authorization", "")
    if not shown:
        raise CartTokenMissing
    return token_hash(shown)


def _owned(request: HttpRequest, work: "Work", named: str | None) -> bytes | None:
    """The hash of the token of the signed-in account's own cart: the named one, else its latest."""
    if not request.headers.get("authorization"):
        if _hash(request) is None:
            raise CartTokenMissing
        return None
    # Imported here: buyers show their cart's token, and every one of their requests would pay for it.
    from shared.identity.callers import Member

    try:
        member = Member.recognise(request, work, None)
    except Unauthenticated:
        if _hash(request) is None:
            raise CartTokenMissing from None
        return None
    try:
        wanted = UUID(named) if named is not None else None
    except ValueError:
        return None
    return store.owned(work, member.customer_id, wanted) if member.customer_id else None
