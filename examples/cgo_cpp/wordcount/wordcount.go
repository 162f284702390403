// Package wordcount counts words, in C++.
package wordcount

// #include <stdlib.h>
// #include "count.h"
import "C"

import (
	"errors"
	"unsafe"
)

// Count says how often each word is in the text: "word=count …", in the words' order.
func Count(text string) (string, error) {
	in := C.CString(text)
	defer C.free(unsafe.Pointer(in))
	var failure *C.char
	out := C.count_words(in, &failure)
	if out == nil {
		defer C.free(unsafe.Pointer(failure))
		return "", errors.New(C.GoString(failure))
	}
	defer C.free(unsafe.Pointer(out))
	return C.GoString(out), nil
}
