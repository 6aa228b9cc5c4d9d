; Judges what fresh_histories has drawn by the checkers of Jepsen, Knossos and Elle, and compares. Needs them on the
; class path, as a jar of Maelstrom has them; comments and sequential are elle-cli's, whose sources are looked for in the
; directory that ELLE_CLI names.
;
;   fresh_histories 1 20000 > fresh.edn && java -cp CLASSPATH clojure.main tests/fresh/reference.clj fresh.edn
;
; A line a checker: how many histories the reference judges true, false and unknown; how many `--compat jepsen` judges
; alike; and of the verdicts without it, how many are stricter (false instead of true), unknown instead of true, or looser.
; Exits with 1 where `--compat jepsen` differs, or a history is not false that the reference says is.
(require '[clojure.edn :as edn] '[clojure.java.io :as io]
         '[jepsen.checker :as checker] '[jepsen.history :as h]
         '[jepsen.tests.bank :as bank] '[jepsen.tests.long-fork :as long-fork] '[jepsen.tests.causal :as causal]
         '[jepsen.tests.causal-reverse :as causal-reverse] '[jepsen.tests.adya :as adya]
         '[knossos.competition :as competition] '[knossos.model :as model]
         '[elle.list-append :as list-append] '[elle.rw-register :as rw-register])

(def elle-cli (System/getenv "ELLE_CLI"))
(when elle-cli
  (load-file (str elle-cli "/src/elle_cli/comments.clj"))
  (load-file (str elle-cli "/src/elle_cli/sequential.clj")))
(defn elle-cli-checker [name] (when elle-cli ((resolve (symbol (str "elle-cli." name) "checker")))))

; A queue has more states than it pays to look at before the search.
(require 'knossos.model.memo)
(alter-var-root #'knossos.model.memo/max-state-space (constantly 32))

(defn values [f ops] (mapv (fn [op] (if (some? (:value op)) (update op :value (partial f op)) op)) ops))
(defn keywords [_ txn] (mapv (fn [[f k v]] [(keyword f) k v]) txn))
(defn set-of-reads [op v] (if (= :read (:f op)) (set v) v))
(defn checked [checker test] (fn [_ ops] (checker/check-safe checker test (h/history ops))))
(defn knossos [model ops]
  ; Knossos means the index of Jepsen's histories.
  (competition/analysis model (h/history ops)))
(defn elle [check {:keys [consistency-model wfr-keys?]} ops]
  (check {:consistency-models [consistency-model] :wfr-keys? wfr-keys? :anomalies [:G0]} (h/history ops)))

(def references
  {"list-append" (partial elle list-append/check)
   "rw-register" (partial elle rw-register/check)
   "cas-register" (fn [_ ops] (knossos (model/cas-register) ops))
   "set-full" (checked (checker/set-full) {})
   "set" (checked (checker/set) {})
   "counter" (checked (checker/counter) {})
   "queue" (checked (checker/queue (model/unordered-queue)) {})
   "total-queue" (checked (checker/total-queue) {})
   "bank" (checked (bank/checker {}) {:accounts ["0" "1" "2"] :total-amount 10})
   "long-fork" (fn [_ ops] (checker/check-safe (long-fork/checker 2) {} (h/history (values keywords ops))))
   "causal-reverse" (fn [_ ops] (checker/check-safe (causal-reverse/checker) {} (h/history (values set-of-reads ops))))
   "comments" (when elle-cli
                (fn [_ ops] (checker/check-safe (elle-cli-checker "comments") {} (h/history (values set-of-reads ops)))))
   "sequential" (when elle-cli (checked (elle-cli-checker "sequential") {:key-count 3}))
   "causal" (fn [_ ops]
              (checker/check-safe (causal/check (causal/causal-register)) {}
                                  (h/history (mapv #(if (= "init" (:link %)) (assoc % :link :init) %) ops))))
   "adya" (fn [_ ops]
            (checker/check-safe (adya/g2-checker) {}
                                (h/history (values (fn [_ [k v]] (clojure.lang.MapEntry/create k v)) ops))))
   "mutex" (fn [_ ops] (knossos (model/mutex) ops))
   "fifo-queue" (fn [_ ops] (knossos (model/fifo-queue) ops))
   "linearizable/unordered-queue" (fn [_ ops] (knossos (model/unordered-queue) ops))
   "linearizable/set" (fn [_ ops] (knossos (model/set) (values set-of-reads ops)))
   "linearizable/multi-register" (fn [_ ops] (knossos (model/multi-register {}) (values keywords ops)))})

(defn verdict [result] (let [v (:valid? result)] (if (contains? #{true false} v) v :unknown)))
(defn name-of [{:keys [checker model]}] (if (= "" model) checker (str checker "/" model)))

(def tallies (atom (sorted-map)))
(defn tally! [name key] (swap! tallies update-in [name key] (fnil inc 0)))
(def failed (atom false))
(def start (System/nanoTime))
(defn judged [] (reduce + (map (fn [[_ counts]] (+ (:alike counts 0) (:different counts 0))) @tallies)))
(defn report []
  (doseq [[name counts] @tallies] (println name (into (sorted-map) counts)))
  (println (judged) "histories in" (quot (- (System/nanoTime) start) 1000000000) "s")
  (flush))

(doseq [file *command-line-args*, line (line-seq (io/reader file))]
  (let [fresh (edn/read-string {:default (fn [_ v] v)} line)
        name (name-of fresh)]
    (when-let [reference (references name)]
      (let [result (try (reference fresh (:history fresh))
                        (catch Throwable e {:valid? :unknown, :error (.getMessage e), :threw true}))
            expected (verdict result)
            {:keys [own compat seed]} fresh]
        (tally! name (keyword (str "reference-" (if (keyword? expected) (clojure.core/name expected) expected))))
        (tally! name (if (= compat expected) :alike :different))
        (when (zero? (mod (judged) 1000)) (report))
        (when (:threw result) (tally! name :reference-threw))
        (when (not= own expected)
          (tally! name (if (= true expected) (if (= own :unknown) :own-unknown :stricter) (if (= :unknown expected) :own-decides :looser))))
        (when (or (not= compat expected) (and (= false expected) (not= false own)))
          (reset! failed true)
          (println "DIFFERS" name "seed" seed "reference" expected "compat" compat "own" own
                   (or (:error result) (:anomaly-types result) "")))))))
(report)
(shutdown-agents)
(System/exit (if @failed 1 0))
