// Copyright (c) the Couplet authors. MIT license, see LICENSE.

// The API of crunch_server on Go's net/http and encoding/json.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
)

type output struct {
	Value float64 `json:"value"`
}

type divideByZero struct {
	Condition   string `json:"condition"`
	Explanation string `json:"explanation"`
	ErrorCode   int    `json:"error_code"`
	ExitCode    int    `json:"exit_code"`
}

type answer struct {
	Value [3]any `json:"value"`
}

// member is a number of the query.
func member(query url.Values, name string) (float64, error) {
	if !query.Has(name) {
		return 0, nil
	}
	return strconv.ParseFloat(query.Get(name), 64)
}

func reply(writer http.ResponseWriter, status int, name string, message any) {
	text, err := json.Marshal(answer{[3]any{name, message, []any{}}})
	if err != nil {
		writer.WriteHeader(http.StatusInternalServerError)
		return
	}
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(status)
	writer.Write(text)
}

func multiply(writer http.ResponseWriter, x, y float64) {
	reply(writer, http.StatusOK, "crunch_api.Output", output{x * y})
}

func divide(writer http.ResponseWriter, x, y float64) {
	if y == 0 {
		reply(writer, http.StatusUnprocessableEntity, "crunch_api.DivideByZero",
			divideByZero{Condition: "cannot divide by zero", ExitCode: 172})
		return
	}
	reply(writer, http.StatusOK, "crunch_api.Output", output{x / y})
}

func handle(sum func(http.ResponseWriter, float64, float64)) http.HandlerFunc {
	return func(writer http.ResponseWriter, request *http.Request) {
		query := request.URL.Query()
		x, errX := member(query, "x")
		y, errY := member(query, "y")
		if errX != nil || errY != nil {
			writer.WriteHeader(http.StatusBadRequest)
			return
		}
		sum(writer, x, y)
	}
}

func main() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Serving HTTP on %s.\n", listener.Addr())
	http.HandleFunc("/Multiply", handle(multiply))
	http.HandleFunc("/Divide", handle(divide))
	log.Fatal(http.Serve(listener, nil))
}
