; Judges what fresh_transactions has written by Elle, and compares. Needs Elle 0.2.7 on the class path.
;
;   fresh_transactions 1 20000 > fresh.edn && java -cp CLASSPATH clojure.main tests/fresh/elle.clj fresh.edn
;
; A line a checker: how many verdicts Elle gives of each kind; how many of `--compat elle-0.2.7` are alike, with all
; the anomalies that Elle found; and of the verdicts without it, how many the complete checks decide otherwise, and how
; many a stricter rule. Exits with 1 where `--compat elle-0.2.7` differs or lacks an anomaly, or what Elle finds false
; is not.
;
; With RESULTS in the environment, the name of a file, Elle's verdicts are written there, a line a history, or taken
; from there where it exists: so that `fresh_transactions` may be mended, and what it says compared anew.
(require '[clojure.edn :as edn] '[clojure.java.io :as io]
         '[elle.graph :as graph] '[elle.list-append :as list-append] '[elle.rw-register :as rw-register]
         '[jepsen.history :as h])
(import '(io.lacuna.bifurcan ISet Set))

(def checks {"list-append" list-append/check, "rw-register" rw-register/check})
(defn commits [ops] (into {} (keep (fn [op] (when-let [at (:commit op)] [(:index op) at]))) ops))

; Elle up to 0.2.7 can wait for itself for ever where the index of pairs is first needed within a fold.
(doseq [filtered [#'h/client-ops #'h/possible #'h/oks]]
  (alter-var-root filtered (fn [f] (fn [history] (doto (f history) h/ensure-pair-index)))))
(defn judge-once [{:keys [checker assume tells-order? history]} model]
  (let [opts (merge assume {:consistency-models [model] :anomalies [:G0]}
                    (when tells-order? {:transaction-order (commits history)}))]
    (try ((checks checker) opts (h/history history))
         (catch Throwable e {:valid? :unknown :threw (str e)}))))
(defn judge [fresh model]
  (loop [tries 5]
    (let [result (deref (future (judge-once fresh model)) 20000 nil)]
      (cond result result
            (pos? tries) (recur (dec tries))
            :else {:valid? :unknown :threw "Elle waits for itself"}))))

; The union of two sets in bifurcan 0.2.0-alpha7 shares nodes with both, and changes them where it is united again
; (Map.merge takes no editor for one of its own). With linearizable-keys, what follows one transaction then seems to
; follow another one, so that Elle finds versions cyclic that are not. Judged anew where that makes a difference.
(def own-union
  (reify java.util.function.BinaryOperator
    (apply [_ a b]
      (cond (nil? a) b
            (nil? b) a
            :else (reduce #(.add ^ISet %1 %2) (Set.) (concat a b))))))
(defn judge-with-own-union [fresh model] (with-redefs [graph/union-bset own-union] (judge fresh model)))

(def tallies (atom (sorted-map)))
(defn tally! [name key] (swap! tallies update-in [name key] (fnil inc 0)))
(def failed (atom false))
(def start (System/nanoTime))
(defn report []
  (doseq [[name counts] @tallies] (println name (into (sorted-map) counts)))
  (println (quot (- (System/nanoTime) start) 1000000000) "s")
  (flush))

; That nothing was found in time is no anomaly; nor is it one that the graph is empty.
(defn anomaly? [type] (not (re-find #"empty-transaction-graph|cycle-search-timeout|cycle-exists" (name type))))

(defn lacking [{:keys [types]} result] (remove types (filter anomaly? (:anomaly-types result))))
(defn alike? [verdict result] (and (= (:compat verdict) (:valid? result)) (empty? (lacking verdict result))))

(defn compare! [{:keys [name checker] :as fresh} model {:keys [own inferred compat types] :as verdict} first-result]
  (let [mended (when-not (or (alike? verdict first-result) (not (:linearizable-keys? (:assume fresh))))
                 (judge-with-own-union fresh model))
        mixed-up? (and mended (alike? verdict mended))
        result (if mixed-up? mended first-result)
        expected (:valid? result)
        class (cond (= own expected) nil
                    (not= own inferred) :complete
                    (not= inferred compat) :rule)
        looser? (and (= false expected) (not= false own))]
    (tally! checker (keyword (str "elle-" (if (keyword? expected) (clojure.core/name expected) expected))))
    (tally! checker (cond mixed-up? :elle-mixes-up (alike? verdict result) :alike :else :different))
    (when class (tally! checker (keyword (str "own-" own "-by-" (clojure.core/name class)))))
    (doseq [_ (:anomaly-types result)] (tally! checker :anomalies))
    (when (:threw result) (tally! checker :threw))
    (when (or (not (alike? verdict result)) looser? (and (not= own expected) (nil? class)))
      (reset! failed true)
      (println "DIFFERS" checker name model "elle" expected "compat" compat "own" own "lacking"
               (vec (lacking verdict result)) "of" types (or (:threw result) "")))))

(def results-file (some-> (System/getenv "RESULTS") io/file))
(def known
  (if (some-> results-file .exists)
    (into {} (map edn/read-string) (line-seq (io/reader results-file)))
    {}))
(def results-writer (when (and results-file (empty? known)) (io/writer results-file)))

(defn results-of [{:keys [name checker assume models] :as fresh}]
  (or (known [name checker assume])
      (let [results (into {} (map (fn [model] [model (judge fresh model)])) (keys models))
            told (update-vals results #(select-keys % [:valid? :anomaly-types :threw]))]
        (when results-writer
          (.write results-writer (prn-str [[name checker assume] told]))
          (.flush results-writer))
        told)))

(def judged (atom 0))
(doseq [file *command-line-args*, line (line-seq (io/reader file))]
  (let [fresh (edn/read-string {:default (fn [_ v] v)} line)]
    (doseq [[model result] (results-of fresh)] (compare! fresh model ((:models fresh) model) result))
    (tally! (:checker fresh) :histories)
    (when (zero? (mod (swap! judged inc) 1000)) (report))))
(report)
(some-> results-writer .close)
(shutdown-agents)
(System/exit (if @failed 1 0))
