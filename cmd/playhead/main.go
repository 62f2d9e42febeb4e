// Command playhead shows what AI features did and what their users saw.
package main

import (
	"os"

	"github.com/playheadhq/playhead/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
