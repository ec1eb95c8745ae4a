// Copyright (c) the Couplet authors. MIT license, see LICENSE.

// A netstring echo in Go: a goroutine for each connection, which flushes its answers before it
// waits for more.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
)

const maxLength = 99999

var errNoNetstring = errors.New("no netstring")

func readNetstring(in *bufio.Reader, payload []byte) ([]byte, error) {
	digits, err := in.ReadSlice(':')
	if err != nil {
		return nil, err
	}
	length, err := strconv.Atoi(string(digits[:len(digits)-1]))
	if err != nil || length < 0 || length > maxLength {
		return nil, errNoNetstring
	}
	if cap(payload) < length {
		payload = make([]byte, length)
	}
	payload = payload[:length]
	if _, err := io.ReadFull(in, payload); err != nil {
		return nil, err
	}
	if comma, err := in.ReadByte(); err != nil || comma != ',' {
		return nil, errNoNetstring
	}
	return payload, nil
}

func writeNetstring(out *bufio.Writer, payload []byte) {
	out.WriteString(strconv.Itoa(len(payload)))
	out.WriteByte(':')
	out.Write(payload)
	out.WriteByte(',')
}

func serve(connection net.Conn) {
	defer connection.Close()
	in, out := bufio.NewReader(connection), bufio.NewWriter(connection)
	var payload []byte
	for {
		var err error
		if payload, err = readNetstring(in, payload); err != nil {
			return
		}
		writeNetstring(out, payload)
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}

func main() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Serving netstrings on %s.\n", listener.Addr())
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(connection)
	}
}
