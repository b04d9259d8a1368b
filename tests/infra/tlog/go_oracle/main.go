// Checks notes and proofs with the Go project's own packages; one JSON object in, one line for each case out.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type hash = []byte

type question struct {
	Vkey  string
	Notes []string
	Records []struct {
		Index, Size int64
		Leaf, Root  hash
		Proof       []hash
	}
	Trees []struct {
		Old, New         int64
		OldRoot, NewRoot hash
		Proof            []hash
	}
}

func fixed(one hash) (out tlog.Hash) {
	copy(out[:], one)
	return
}

func all(many []hash) (out []tlog.Hash) {
	for _, one := range many {
		out = append(out, fixed(one))
	}
	return
}

func main() {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	verifier, err := note.NewVerifier(asked.Vkey)
	if err != nil {
		panic(err)
	}
	for _, one := range asked.Notes {
		_, err := note.Open([]byte(one), note.VerifierList(verifier))
		fmt.Println("note", err == nil)
	}
	for _, one := range asked.Records {
		err := tlog.CheckRecord(all(one.Proof), one.Size, fixed(one.Root), one.Index, tlog.RecordHash(one.Leaf))
		fmt.Println("record", err == nil)
	}
	for _, one := range asked.Trees {
		err := tlog.CheckTree(all(one.Proof), one.New, fixed(one.NewRoot), one.Old, fixed(one.OldRoot))
		fmt.Println("tree", err == nil)
	}
}
