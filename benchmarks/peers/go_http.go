// Copyright (c) the Couplet authors. MIT license, see LICENSE.

// An HTTP server on Go's net/http: a goroutine for each connection.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
)

func hello(answer http.ResponseWriter, _ *http.Request) {
	answer.Header().Set("Content-Type", "text/plain")
	io.WriteString(answer, "Hello, world!")
}

func main() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Serving HTTP on %s.\n", listener.Addr())
	http.HandleFunc("/", hello)
	log.Fatal(http.Serve(listener, nil))
}
