"""Envelopes, keys and notes: the forms that other people's tools read."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from execgate.receipts import canonical, dsse, note
from execgate.receipts.canonical import MalformedError
from execgate.receipts.keys import PublicKey, SigningKey
from execgate.receipts.note import Checkpoint, Verifier

# The test vector 1 of RFC 8032, section 7.1.
SECRET = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


@pytest.fixture
def key() -> SigningKey:
    return SigningKey(ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET)))


@pytest.fixture
def other() -> SigningKey:
    return SigningKey.generate()


@pytest.fixture
def head(key: SigningKey) -> bytes:
    return note.sign(Checkpoint("acme/log", 5, bytes(range(32))), key)


def changed(envelope: bytes, **fields: object) -> bytes:
    return canonical.encode(canonical.decode(envelope) | fields)


class TestEnvelope:
    def test_what_is_signed_is_the_sample_of_the_dsse_protocol(self) -> None:
        sample = dsse.pae("http://example.com/HelloWorld", b"hello world")
        assert sample == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"

    def test_lengths_count_bytes_not_characters(self) -> None:
        assert dsse.pae("é", "€".encode()) == b"DSSEv1 2 \xc3\xa9 3 \xe2\x82\xac"

    def test_securesystemslib_verifies_it_unchanged(self, key: SigningKey, other: SigningKey) -> None:
        envelope = dsse.seal(b'{"_type":"x"}', key)
        foreign = Envelope.from_dict(json.loads(envelope))
        assert foreign.pae() == dsse.pae(dsse.PAYLOAD_TYPE, b'{"_type":"x"}')
        known = SSlibKey.from_crypto(load_pem_public_key(key.public.pem.encode()), key.public.keyid)
        assert foreign.verify([known], 1) == {key.public.keyid: known}
        stranger = SSlibKey.from_crypto(load_pem_public_key(other.public.pem.encode()), key.public.keyid)
        with pytest.raises(VerificationError):
            foreign.verify([stranger], 1)

    def test_an_envelope_gives_back_its_payload_and_its_signer(self, key, other) -> None:
        envelope = dsse.seal(b"content", key)
        assert dsse.payload(envelope) == b"content"
        assert dsse.signer(envelope) == key.public.keyid
        assert dsse.is_signed(envelope, key.public)
        assert not dsse.is_signed(envelope, other.public)

    def test_a_changed_payload_is_not_what_was_signed(self, key) -> None:
        envelope = changed(dsse.seal(b"content", key), payload=canonical.encode_base64(b"Content"))
        assert not dsse.is_signed(envelope, key.public)

    @pytest.mark.parametrize(
        "fields",
        [
            {"payloadType": "application/json"},
            {"signatures": []},
            {"signatures": [{"keyid": "a", "sig": "QQ=="}] * 2},
            {"signatures": [{"keyid": "a", "sig": "QQ==", "cert": "x"}]},
            {"signatures": [{"keyid": 1, "sig": "QQ=="}]},
            {"payload": 1},
            {"payload": "QQ"},
            {"extra": 1},
        ],
    )
    def test_an_envelope_of_any_other_shape_is_refused(self, key, fields) -> None:
        with pytest.raises(MalformedError):
            dsse.payload(changed(dsse.seal(b"content", key), **fields))


class TestKeys:
    def test_the_public_key_of_rfc_8032_follows_from_its_secret(self, key: SigningKey) -> None:
        assert key.public.raw.hex() == PUBLIC
        assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a")

    def test_a_key_is_named_and_written_as_others_write_it(self, key: SigningKey) -> None:
        foreign = ed25519.Ed25519PublicKey.from_public_bytes(key.public.raw)
        assert key.public.pem.encode() == foreign.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )
        assert key.public.der == foreign.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def test_keys_come_back_from_their_files(self, other: SigningKey) -> None:
        assert SigningKey.from_pem(other.pem).public == other.public
        assert PublicKey.from_pem(other.public.pem) == other.public

    @pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff"])
    def test_a_damaged_private_key_is_refused(self, pem: bytes) -> None:
        with pytest.raises(MalformedError, match="not a PEM private key"):
            SigningKey.from_pem(pem)

    def test_a_private_key_of_another_kind_is_refused(self) -> None:
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        with pytest.raises(MalformedError, match="not an Ed25519 private key"):
            SigningKey.from_pem(pem)

    def test_a_public_key_in_any_other_form_is_refused(self, key: SigningKey) -> None:
        pem = key.public.pem
        foreign = ec.generate_private_key(ec.SECP256R1()).public_key()
        for text in (
            "",
            pem.replace("\n", "\r\n"),
            pem + "\n",
            pem.replace("-\n", "-\n\n", 1),
            pem.replace("MCow", "MCo!"),
            pem.replace("MCow", ""),
            foreign.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        ):
            with pytest.raises(MalformedError):
                PublicKey.from_pem(text)
        with pytest.raises(MalformedError, match="not an Ed25519 public key"):
            PublicKey(b"short")

    def test_openssl_verifies_a_receipt_too(self, key: SigningKey, tmp_path) -> None:
        openssl = shutil.which("openssl")
        assert openssl, "the openssl program is a part of every supported system"
        (tmp_path / "key.pem").write_text(key.public.pem)
        (tmp_path / "pae").write_bytes(dsse.pae(dsse.PAYLOAD_TYPE, b"content"))
        envelope = json.loads(dsse.seal(b"content", key))
        (tmp_path / "sig").write_bytes(canonical.decode_base64(envelope["signatures"][0]["sig"]))
        command = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
        command += ["-in", "pae", "-sigfile", "sig"]
        assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
        (tmp_path / "pae").write_bytes(dsse.pae(dsse.PAYLOAD_TYPE, b"Content"))
        assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 1


class TestCheckpoint:
    def test_a_checkpoint_is_a_signed_note(self, key: SigningKey, head: bytes) -> None:
        text, _, signature = head.decode().partition("\n\n")
        assert text == "acme/log\n5\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        dash, name, value = signature.removesuffix("\n").split(" ")
        assert (dash, name) == ("—", "acme/log")
        raw = canonical.decode_base64(value)
        assert raw[:4] == Verifier("acme/log", key.public).hint
        assert key.public.verifies(raw[4:], (text + "\n").encode())

    def test_the_example_of_the_go_checksum_database_is_read(self) -> None:
        # The public verifier key of sum.golang.org, as Go's source carries it.
        text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
        verifier = Verifier.parse(text)
        assert (verifier.name, verifier.hint.hex(), verifier.text) == ("sum.golang.org", "033de0ae", text)

    def test_a_checkpoint_says_what_was_signed(self, key: SigningKey, other: SigningKey, head: bytes) -> None:
        assert note.parse(head) == Checkpoint("acme/log", 5, bytes(range(32)))
        assert Verifier("acme/log", key.public).verifies(head)
        assert not Verifier("acme/log", other.public).verifies(head)
        assert not Verifier("acme/other", key.public).verifies(head)
        assert not Verifier("acme/log", key.public).verifies(head.replace(b"\n5\n", b"\n6\n"))

    def test_signatures_of_witnesses_may_follow(self, key: SigningKey, head: bytes) -> None:
        witnessed = head + "— witness.example/w1 QUJDREVGRw==\n".encode()
        assert Verifier("acme/log", key.public).verifies(witnessed)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("\n5\n", "\n05\n"),
            ("\n5\n", "\n-5\n"),
            ("\n5\n", "\n\u0665\n"),
            ("\n5\n", "\n99999999999999999\n"),
            ("acme/log\n5", "acme log\n5"),
            ("acme/log\n5", "\n5"),
            ("Hh8=", "Hh8"),
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "QQ=="),
            ("\n\n", "\n"),
            ("\n\n", "\nextension\n\n"),
            ("— acme/log ", "- acme/log "),
            ("— acme/log ", "— acme/log  "),
            ("— acme/log ", "— acme/log !"),
        ],
    )
    def test_a_note_of_any_other_form_is_refused(self, head: bytes, old: str, new: str) -> None:
        with pytest.raises(MalformedError):
            note.parse(head.decode().replace(old, new).encode())

    @pytest.mark.parametrize("cut", [0, -1, 10, 60])
    def test_a_note_that_was_cut_off_is_refused(self, head: bytes, cut: int) -> None:
        with pytest.raises(MalformedError):
            note.parse(head[:cut])

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        with pytest.raises(MalformedError, match="not UTF-8"):
            note.parse(b"\xff")

    @pytest.mark.parametrize(
        "text", ["", "a+b", "acme/log+00000000+{}", "a b+{hint}+{}", "acme/log+{hint}+QQ=="]
    )
    def test_a_verifier_in_any_other_form_is_refused(self, key: SigningKey, text: str) -> None:
        verifier = Verifier("acme/log", key.public)
        with pytest.raises(MalformedError):
            Verifier.parse(text.format(verifier.text.split("+", 2)[2], hint=verifier.hint.hex()))

    @pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2028b", "a\u202eb", "x" * 201])
    def test_a_name_that_would_be_ambiguous_is_refused(self, key: SigningKey, name: str) -> None:
        assert not note.is_name(name)
        with pytest.raises(MalformedError):
            Verifier(name, key.public)
