"""A document's one file: the PDF that a person reads, made fit for archives (PDF/A-3b), with the XML that a machine reads in it (Factur-X)."""

import io
from typing import Any

from shared.billing.invoices.drawing import draw
from shared.billing.invoices.en16931 import LEVEL, xml_of
from shared.billing.invoices.records import Issued
from shared.billing.invoices.words import language, words

_CONDITION = "sRGB IEC61966-2.1"


def file_of(issued: Issued) -> bytes:
    """The file. Raises Exception, as facturx does, when its XML would not be valid."""
    from facturx import generate_from_binary

    title = f"{words(issued.locale)[issued.kind]} {issued.number}"
    made: bytes = generate_from_binary(
        _with_colours(draw(issued)),
        xml_of(issued),
        flavor="factur-x",
        level=LEVEL,
        check_xsd=False,
        pdf_metadata={
            "author": issued.seller.name,
            "title": title,
            "subject": f"{title}, {issued.seller.name}",
            "keywords": "Factur-X",
        },
        lang=language(issued.locale),
        # What a person reads and what a machine reads say the same.
        afrelationship="alternative",
        xmp_compression=False,
    )
    return made


def _with_colours(pdf: bytes) -> bytes:
    """The PDF with what its colours mean on any device (ISO 19005-3, 6.2.4.3)."""
    from PIL import ImageCms
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import (
        ArrayObject,
        DecodedStreamObject,
        DictionaryObject,
        NameObject,
        NumberObject,
        TextStringObject,
    )

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    writer: Any = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    stream = DecodedStreamObject()
    stream.set_data(profile.tobytes())
    stream[NameObject("/N")] = NumberObject(3)
    intent = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/OutputIntent"),
            NameObject("/S"): NameObject("/GTS_PDFA1"),
            NameObject("/OutputConditionIdentifier"): TextStringObject(_CONDITION),
            NameObject("/Info"): TextStringObject(_CONDITION),
            NameObject("/DestOutputProfile"): writer._add_object(stream.flate_encode()),
        }
    )
    writer._root_object[NameObject("/OutputIntents")] = ArrayObject([writer._add_object(intent)])
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()
