package serve

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"quadra/config"
	"quadra/engine/store"
	"quadra/jobs/dispatch"
	"quadra/jobs/night"
)

// metrics are what can be seen of the scheduler from outside. Their names are a
// promise; entities are told by IPA code, drops by address, people not at all.
type metrics struct {
	registry   *prometheus.Registry
	nights     *prometheus.CounterVec
	duration   prometheus.Histogram
	last       *prometheus.GaugeVec
	files      *prometheus.CounterVec
	rows       *prometheus.CounterVec
	late       *prometheus.GaugeVec
	looks      *prometheus.CounterVec
	reloads    *prometheus.CounterVec
	reloadGood prometheus.Gauge
	reloadTime prometheus.Gauge
}

func newMetrics(s *server) *metrics {
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	gauges := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		nights:   counters("quadra_nights_total", "Nights by how they ended: done, rejections, incomplete, failed, busy.", "outcome"),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "quadra_night_duration_seconds", Help: "How long nights took.",
			Buckets: []float64{0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600}}),
		last:       gauges("quadra_night_last_success_timestamp_seconds", "When the last night that ended well began.", "entity"),
		files:      counters("quadra_files_total", "Files by what became of them.", "state"),
		rows:       counters("quadra_rows_total", "Rows of files by what became of them: accepted, rejected.", "state"),
		late:       gauges("quadra_source_missing", "1 when a source should have sent something by now and has not.", "entity", "source", "drop"),
		looks:      counters("quadra_drop_looks_total", "Looks at a drop from which something was expected, by outcome: done, failed.", "outcome"),
		reloads:    counters("quadra_config_reloads_total", "Times the configuration was read again, by outcome: done, refused.", "outcome"),
		reloadGood: prometheus.NewGauge(prometheus.GaugeOpts{Name: "quadra_config_last_reload_successful", Help: "0 when the last new configuration was refused."}),
		reloadTime: prometheus.NewGauge(prometheus.GaugeOpts{Name: "quadra_config_loaded_timestamp_seconds", Help: "When the configuration in use was read."}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "quadra_build_info", Help: "1.", ConstLabels: prometheus.Labels{"version": s.Version}})
	build.Set(1)
	m.reloadGood.Set(1)
	m.reloadTime.Set(seconds(s.Now()))
	for _, o := range []outcome{outcomeDone, outcomeRejections, outcomeIncomplete, outcomeFailed, outcomeBusy} {
		m.nights.WithLabelValues(string(o)) // there from the start, so that the first failure is an increase
	}
	m.registry.MustRegister(m.nights, m.duration, m.last, m.files, m.rows, m.late, m.looks, m.reloads, m.reloadGood, m.reloadTime, build,
		standing{s.nights}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func (m *metrics) night(o outcome, took time.Duration, res *night.Result) {
	m.nights.WithLabelValues(string(o)).Inc()
	if res == nil {
		return
	}
	m.duration.Observe(took.Seconds())
	for i := range res.Files {
		f := &res.Files[i]
		m.files.WithLabelValues(string(f.State)).Inc()
		if f.State == store.FileLoaded {
			m.rows.WithLabelValues("accepted").Add(float64(f.Accepted))
			m.rows.WithLabelValues("rejected").Add(float64(f.Rejected))
		}
	}
}

func (m *metrics) lastNight(ipa string, began time.Time) {
	m.last.WithLabelValues(ipa).Set(seconds(began))
}

func (m *metrics) missing(ipa string, source config.Source, drop string, is bool) {
	value := 0.0
	if is {
		value = 1
	}
	m.late.WithLabelValues(ipa, string(source), drop).Set(value)
}

func (m *metrics) look(done bool) { m.looks.WithLabelValues(doneOr("failed", done)).Inc() }

func (m *metrics) reloaded(done bool, now time.Time) {
	m.reloads.WithLabelValues(doneOr("refused", done)).Inc()
	if !done {
		m.reloadGood.Set(0)
		return
	}
	m.reloadGood.Set(1)
	m.reloadTime.Set(seconds(now))
}

func doneOr(otherwise string, done bool) string {
	if done {
		return "done"
	}
	return otherwise
}

// forget forgets what it knows by entity: those that stay are told again at once.
func (m *metrics) forget() {
	m.last.Reset()
	m.late.Reset()
}

// standing tells where the nights stand at the moment it is asked.
type standing struct{ nights *dispatch.Dispatcher }

var (
	runningDesc  = prometheus.NewDesc("quadra_nights_running", "Nights at work.", nil, nil)
	nextDesc     = prometheus.NewDesc("quadra_night_next_timestamp_seconds", "When the next night begins.", []string{"entity"}, nil)
	failuresDesc = prometheus.NewDesc("quadra_night_failures", "How many times in a row the night has failed.", []string{"entity"}, nil)
)

func (standing) Describe(ch chan<- *prometheus.Desc) {
	ch <- runningDesc
	ch <- nextDesc
	ch <- failuresDesc
}

func (s standing) Collect(ch chan<- prometheus.Metric) {
	running := 0
	for _, j := range s.nights.Status() {
		if j.Working {
			running++
		}
		if !j.Next.IsZero() {
			ch <- prometheus.MustNewConstMetric(nextDesc, prometheus.GaugeValue, seconds(j.Next), j.Key)
		}
		ch <- prometheus.MustNewConstMetric(failuresDesc, prometheus.GaugeValue, float64(j.Failures), j.Key)
	}
	ch <- prometheus.MustNewConstMetric(runningDesc, prometheus.GaugeValue, float64(running))
}
