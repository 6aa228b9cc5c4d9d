// A node for Maelstrom, on nothing but Go's standard library. Build it: go build -o node .
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
)

// Body is what a message says. Numbers in it are float64, as encoding/json has them.
type Body = map[string]any

// Message is a line of standard input or output.
type Message struct {
	Src  string `json:"src"`
	Dest string `json:"dest"`
	Body Body   `json:"body"`
}

// Node knows its own name and that of every node. Messages are handled one after the other, so that what handlers share
// needs no lock.
type Node struct {
	ID       string
	NodeIDs  []string
	handlers map[string]func(Message)
	out      *bufio.Writer
}

// On names the function that handles messages of a type.
func (n *Node) On(kind string, handler func(Message)) { n.handlers[kind] = handler }

// Send sends a message to a node, a client or a service such as lin-kv.
func (n *Node) Send(dest string, body Body) {
	line, err := json.Marshal(Message{Src: n.ID, Dest: dest, Body: body})
	if err != nil {
		log.Fatal(err)
	}
	n.out.Write(append(line, '\n'))
	n.out.Flush()
}

// Reply answers a request.
func (n *Node) Reply(request Message, body Body) {
	body["in_reply_to"] = request.Body["msg_id"]
	n.Send(request.Src, body)
}

// Run handles messages until standard input ends.
func (n *Node) Run() {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var message Message
		if err := json.Unmarshal(line, &message); err != nil {
			log.Fatalf("%s is no message: %v", line, err)
		}
		kind, _ := message.Body["type"].(string)
		if handler, ok := n.handlers[kind]; ok {
			handler(message)
		} else if message.Body["msg_id"] != nil {
			n.Reply(message, Body{"type": "error", "code": 10, "text": fmt.Sprintf("no handler for %q", kind)})
		}
	}
}

func main() {
	node := &Node{handlers: map[string]func(Message){}, out: bufio.NewWriter(os.Stdout)}

	node.On("init", func(request Message) {
		node.ID = request.Body["node_id"].(string)
		for _, id := range request.Body["node_ids"].([]any) {
			node.NodeIDs = append(node.NodeIDs, id.(string))
		}
		node.Reply(request, Body{"type": "init_ok"})
	})

	// Challenge 1: the request comes back as it is.
	node.On("echo", func(request Message) {
		node.Reply(request, Body{"type": "echo_ok", "echo": request.Body["echo"]})
	})

	// Challenge 3a, broadcast, goes here: node.On for "topology", "broadcast" and "read", which are answered with
	// topology_ok, broadcast_ok and read_ok {"messages": [...]}. Logs go to standard error: log.Println.

	node.Run()
}
