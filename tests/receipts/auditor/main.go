// An auditor's program: it verifies an export with Go's own signed notes and Merkle proofs
// (golang.org/x/mod/sumdb) and shares no code with execgate.
//
//	auditor EXPORT PUBLIC_KEYS [PROOFS]
//
// PROOFS holds a JSON object a line: old and new checkpoint, and the proof between them.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type bundle struct {
	Envelope   json.RawMessage `json:"envelope"`
	Index      int64           `json:"merkle_index"`
	Proof      [][]byte        `json:"inclusion_proof"`
	Checkpoint string          `json:"checkpoint"`
}

type envelope struct {
	Payload     []byte `json:"payload"`
	PayloadType string `json:"payloadType"`
	Signatures  []struct {
		KeyID string `json:"keyid"`
		Sig   []byte `json:"sig"`
	} `json:"signatures"`
}

type consistency struct {
	Old   string   `json:"old"`
	New   string   `json:"new"`
	Proof [][]byte `json:"proof"`
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func hashes(parts [][]byte) []tlog.Hash {
	var found []tlog.Hash
	for _, part := range parts {
		var hash tlog.Hash
		if copy(hash[:], part) != len(hash) {
			log.Fatal("a part of a proof is no hash")
		}
		found = append(found, hash)
	}
	return found
}

func tree(checkpoint string, verifiers note.Verifiers) tlog.Tree {
	opened, err := note.Open([]byte(checkpoint), verifiers)
	check(err)
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != opened.Sigs[0].Name {
		log.Fatalf("checkpoint of %q signed by %q", origin, opened.Sigs[0].Name)
	}
	// The package parses the checkpoints of one log only; but for the first line they are the same.
	parsed, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	check(err)
	return parsed
}

func signed(raw []byte, key ed25519.PublicKey, keyID string) bool {
	var parsed envelope
	check(json.Unmarshal(raw, &parsed))
	pae := fmt.Sprintf("DSSEv1 %d %s %d %s", len(parsed.PayloadType), parsed.PayloadType, len(parsed.Payload), parsed.Payload)
	signature := parsed.Signatures[0]
	return signature.KeyID == keyID && ed25519.Verify(key, []byte(pae), signature.Sig)
}

func lines(path string) *bufio.Scanner {
	data, err := os.ReadFile(path)
	check(err)
	scanner := bufio.NewScanner(bytes.NewReader(data))
	scanner.Buffer(nil, len(data)+1)
	return scanner
}

func main() {
	public, err := os.ReadFile(os.Args[2])
	check(err)
	block, rest := pem.Decode(public)
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	check(err)
	key := parsed.(ed25519.PublicKey)
	digest := sha256.Sum256(block.Bytes)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(rest)))
	check(err)
	verifiers := note.VerifierList(verifier)

	count := 0
	for scanner := lines(os.Args[1]); scanner.Scan(); count++ {
		var line bundle
		check(json.Unmarshal(scanner.Bytes(), &line))
		if !signed(line.Envelope, key, hex.EncodeToString(digest[:])) {
			log.Fatalf("receipt %d: bad signature", line.Index)
		}
		head := tree(line.Checkpoint, verifiers)
		check(tlog.CheckRecord(hashes(line.Proof), head.N, head.Hash, line.Index, tlog.RecordHash(line.Envelope)))
	}
	proofs := 0
	if len(os.Args) > 3 {
		for scanner := lines(os.Args[3]); scanner.Scan(); proofs++ {
			var line consistency
			check(json.Unmarshal(scanner.Bytes(), &line))
			older, newer := tree(line.Old, verifiers), tree(line.New, verifiers)
			check(tlog.CheckTree(hashes(line.Proof), newer.N, newer.Hash, older.N, older.Hash))
		}
	}
	fmt.Printf("verified %d receipts and %d consistency proofs\n", count, proofs)
}
