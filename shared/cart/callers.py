"""Who may use a cart: whoever holds its token."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from shared.cart import store
from shared.cart.records import CartRecord, LineRecord
from shared.cart.refusals import CartNotFound, CartTokenMissing
from shared.cart.tokens import token_hash
from shared.kernel.refusals import Refusal
from shared.platform.callers import Caller
from shared.platform.http import HttpRequest

if TYPE_CHECKING:
    from shared.platform.work import Work

_HEADER = "x-cart-token"
_PATH_PARAMETER = "cart_id"
_MEMO = "cart_token_hash"


class CartHolder(Caller):
    """The holder of a cart's token. Where the path names a cart, it is this one; a foreign one is not there."""

    who: ClassVar[str] = "cart"
    limited_as: ClassVar[str] = "cart"
    refuses: ClassVar[tuple[type[Refusal], ...]] = (CartTokenMissing, CartNotFound)

    def __init__(self, cart: CartRecord) -> None:
        self.cart = cart

    @classmethod
    def client(cls, request: HttpRequest) -> str | None:
        """The hash of the token, whether or not there is such a cart. Raises CartTokenMissing."""
        return _hash(request).hex()

    @classmethod
    def recognise(cls, request: HttpRequest, work: "Work", needs: str | None) -> Self:
        """The holder of the token's cart. Raises CartTokenMissing, CartNotFound."""
        holder = cls._find(work, _hash(request))
        named = request.path_params.get(_PATH_PARAMETER)
        if holder is None or (named is not None and named.lower() != str(holder.cart.id)):
            raise CartNotFound
        return holder

    @classmethod
    def _find(cls, work: "Work", hash: bytes) -> Self | None:
        cart = store.by_token(work, hash)
        return cls(cart) if cart else None

    def scope(self) -> str:
        """Keys are unique within the cart."""
        return f"cart {self.cart.id}"


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


def _hash(request: HttpRequest) -> bytes:
    known = request.memo.get(_MEMO)
    if known is None:
        token = request.headers.get(_HEADER, "").strip()
        if not token:
            raise CartTokenMissing
        known = request.memo[_MEMO] = token_hash(token)
    return bytes(known)
