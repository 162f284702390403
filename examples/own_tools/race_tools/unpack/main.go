// Command unpack is an unpacker for toolchains_go_race: RaceToolsInfo.unpack says how it is called.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	options, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "unpack: %v\n", err)
		os.Exit(2)
	}
	if err := unpack(options); err != nil {
		fmt.Fprintf(os.Stderr, "unpack: %s: %v\n", options.archive, err)
		os.Exit(1)
	}
}

// options are those of the command line.
type options struct {
	archive, sha256, out string
	only                 []string
}

func parse(args []string) (options, error) {
	var o options
	for ; len(args) > 0; args = args[2:] {
		if len(args) == 1 {
			return o, fmt.Errorf("%s needs a value", args[0])
		}
		switch name, value := args[0], args[1]; name {
		case "--archive":
			o.archive = value
		case "--sha256":
			o.sha256 = value
		case "--out":
			o.out = value
		case "--only":
			o.only = append(o.only, strings.Trim(value, "/"))
		default:
			return o, fmt.Errorf("unknown option %s", name)
		}
	}
	if o.archive == "" || o.sha256 == "" || o.out == "" {
		return o, fmt.Errorf("--archive, --sha256 and --out are needed")
	}
	return o, nil
}
