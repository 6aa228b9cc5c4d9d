// Step 3: collect what is new for a while; one message and one answer then serve all of it.
package main

import (
	"sync"
	"time"
	"tutorial/maelstrom"
)

const window = 200 * time.Millisecond

var (
	node   = maelstrom.NewNode()
	mutex  sync.Mutex // guards what is below
	seen   = maelstrom.Set{}
	untold = map[string]maelstrom.Set{}
)

// add is called with the mutex locked.
func add(message float64, source string) {
	if !seen.Add(message) {
		return
	}
	for _, neighbour := range node.Neighbours() {
		if neighbour != source {
			if untold[neighbour] == nil {
				untold[neighbour] = maelstrom.Set{}
			}
			untold[neighbour].Add(message)
		}
	}
}

func flush() {
	for range time.Tick(window) {
		mutex.Lock()
		for _, neighbour := range node.Neighbours() {
			if len(untold[neighbour]) > 0 {
				go tell(neighbour, untold[neighbour].List())
			}
		}
		mutex.Unlock()
	}
}

func tell(neighbour string, messages []float64) {
	_, err := node.RPC(neighbour, maelstrom.Body{"type": "gossip", "messages": messages}, time.Second)
	if err != nil {
		return // the messages stay untold, and the next window repeats them
	}
	mutex.Lock()
	defer mutex.Unlock()
	for _, message := range messages {
		delete(untold[neighbour], message)
	}
}

func broadcast(_ string, body maelstrom.Body) maelstrom.Body {
	mutex.Lock()
	defer mutex.Unlock()
	add(body["message"].(float64), "")
	return nil
}

func gossip(src string, body maelstrom.Body) maelstrom.Body {
	mutex.Lock()
	defer mutex.Unlock()
	for _, message := range maelstrom.Values(body["messages"]) {
		add(message, src)
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
