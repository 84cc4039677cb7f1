package main

import (
	"io"
	"os"
)

// exitWithStdin ends this process once the other end of its standard input closes, if EXIT_WITH_STDIN is set.
//
// Whoever starts it holds a pipe to it, so it cannot outlive its owner, however that one ends. Unlike
// PR_SET_PDEATHSIG this does not depend on which thread of the owner started it.
func exitWithStdin() {
	if os.Getenv("EXIT_WITH_STDIN") == "" {
		return
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
}
