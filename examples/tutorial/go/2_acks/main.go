// Step 2: ask for an answer, and repeat until it comes.
package main

import (
	"math/rand"
	"sync"
	"time"
	"tutorial/maelstrom"
)

var (
	node  = maelstrom.NewNode()
	mutex sync.Mutex // guards what is below
	seen  = maelstrom.Set{}
)

func broadcast(src string, body maelstrom.Body) maelstrom.Body {
	mutex.Lock()
	isNew := seen.Add(body["message"].(float64))
	mutex.Unlock()
	if isNew {
		for _, neighbour := range node.Neighbours() {
			if neighbour != src {
				go tell(neighbour, body["message"])
			}
		}
	}
	return nil
}

func tell(neighbour string, message any) {
	pause := 50 * time.Millisecond
	for {
		// A set does not mind to hear twice, so that this may be repeated.
		_, err := node.RPC(neighbour, maelstrom.Body{"type": "broadcast", "message": message}, 500*time.Millisecond)
		if err == nil {
			return
		}
		time.Sleep(pause/2 + time.Duration(rand.Int63n(int64(pause/2))))
		if pause *= 2; pause > time.Second {
			pause = time.Second
		}
	}
}

func read(string, maelstrom.Body) maelstrom.Body {
	mutex.Lock()
	defer mutex.Unlock()
	return maelstrom.Body{"messages": seen.List()}
}

func main() {
	node.On("broadcast", broadcast)
	node.On("read", read)
	node.Run()
}
