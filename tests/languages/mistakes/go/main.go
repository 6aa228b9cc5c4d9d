// A node that makes the mistake of its second argument: main WORKLOAD MISTAKE. It is right as the only one without.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

type message struct {
	Src  string         `json:"src"`
	Dest string         `json:"dest"`
	Body map[string]any `json:"body"`
}

var (
	mistake  = os.Args[2]
	me       string
	lock     sync.Mutex
	elements = []any{}
	values   = map[string]any{}
	unmade   map[string]any
)

func say(dest string, body map[string]any) {
	line, err := json.Marshal(message{me, dest, body})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func fields(body map[string]any) map[string]any {
	lock.Lock()
	defer lock.Unlock()
	switch body["type"] {
	case "echo":
		if mistake == "nil-map" {
			unmade["echo"] = body["echo"]
		}
		if mistake == "deadlock" {
			lock.Lock()
		}
		if mistake == "index" {
			return map[string]any{"echo": elements[3]}
		}
		return map[string]any{"echo": body["echo"]}
	case "broadcast":
		elements = append(elements, body["message"])
	case "read":
		if mistake == "capital" {
			return map[string]any{"Messages": elements}
		}
		return map[string]any{"messages": elements}
	}
	return map[string]any{}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var request message
		if json.Unmarshal(lines.Bytes(), &request) != nil {
			continue
		}
		if request.Body["type"] == "init" {
			me = request.Body["node_id"].(string)
		}
		if mistake == "assertion" && request.Body["type"] == "broadcast" {
			_ = request.Body["message"].(int)
		}
		reply := fields(request.Body)
		reply["type"] = fmt.Sprint(request.Body["type"], "_ok")
		reply["in_reply_to"] = request.Body["msg_id"]
		if mistake == "to-clients-client" && request.Body["type"] != "init" {
			say("client", reply)
		}
		say(request.Src, reply)
	}
}
