// Step 4: a hub in the middle spares messages. When it does not answer, the next node takes its place.
package main

import (
	"sync"
	"time"
	"tutorial/maelstrom"
)

const window = 200 * time.Millisecond

var (
	node     = maelstrom.NewNode()
	mutex    sync.Mutex // guards what is below; the functions that use it without locking are called with it locked
	seen     = maelstrom.Set{}
	untold   = map[string]maelstrom.Set{}
	hubIndex = 0
)

func hub() string { return node.NodeIDs[hubIndex] }

func addUntold(peer string, message float64) {
	if untold[peer] == nil {
		untold[peer] = maelstrom.Set{}
	}
	untold[peer].Add(message)
}

func tellAllBut(source string, message float64) {
	for _, peer := range node.NodeIDs {
		if peer != source && peer != node.ID {
			addUntold(peer, message)
		}
	}
}

func passOn(message float64) {
	if hub() == node.ID {
		tellAllBut("", message)
	} else {
		addUntold(hub(), message)
	}
}

// failOver lets the next node be the hub. What the old one was not told, or did not confirm, goes to it, too. It may be
// this node itself.
func failOver() {
	unconfirmed := untold[hub()].List()
	hubIndex = (hubIndex + 1) % len(node.NodeIDs)
	for _, message := range unconfirmed {
		passOn(message)
	}
}

func flush() {
	for range time.Tick(window) {
		mutex.Lock()
		for _, peer := range node.NodeIDs {
			if len(untold[peer]) > 0 {
				go tell(peer, untold[peer].List(), peer == hub())
			}
		}
		mutex.Unlock()
	}
}

// tell asks the receiver to tell all others, with relay, which makes it a hub.
func tell(peer string, messages []float64, relay bool) {
	_, err := node.RPC(peer, maelstrom.Body{"type": "gossip", "messages": messages, "relay": relay}, time.Second)
	mutex.Lock()
	defer mutex.Unlock()
	if err == nil {
		for _, message := range messages {
			delete(untold[peer], message)
		}
	} else if relay && peer == hub() { // whoever is no hub stays untold until it answers
		failOver()
	}
}

func broadcast(_ string, body maelstrom.Body) maelstrom.Body {
	mutex.Lock()
	defer mutex.Unlock()
	if message := body["message"].(float64); seen.Add(message) {
		passOn(message)
	}
	return nil
}

func gossip(src string, body maelstrom.Body) maelstrom.Body {
	mutex.Lock()
	defer mutex.Unlock()
	for _, message := range maelstrom.Values(body["messages"]) {
		if seen.Add(message) && body["relay"] == true {
			tellAllBut(src, message)
		}
	}
	return nil
}

func read(string, maelstrom.Body) maelstrom.Body {
	mutex.Lock()
	defer mutex.Unlock()
	return maelstrom.Body{"messages": seen.List()}
}

func main() {
	node.On("broadcast", broadcast)
	node.On("gossip", gossip)
	node.On("read", read)
	node.Run(flush)
}
