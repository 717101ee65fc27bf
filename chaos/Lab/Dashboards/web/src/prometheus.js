// Asks the lab's Prometheus through the console's own server, and puts the answer on one time grid with gaps as nulls.
const SCRAPE = 1;

export const stepOf = (range, width) => Math.max(1, Math.ceil((range.to - range.from) / Math.max(60, width / 2)));

// What Grafana puts in: at least four scrapes, so that a rate always has two samples.
export function substitute(expr, range, step, choices = {}) {
  const seconds = { __rate_interval: Math.max(step + SCRAPE, 4 * SCRAPE), __interval: step, __range: Math.max(1, Math.ceil(range.to - range.from)) };
  return expr.replace(/\$\{?(\w+)\}?/g, (all, name) => (name in seconds ? `${seconds[name]}s` : choices[name] || '.*'));
}

export async function ask(run, path, parameters) {
  const answer = await fetch(`api/prometheus/${encodeURIComponent(run)}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const body = await answer.json().catch(() => ({ error: `${answer.status} ${answer.statusText}` }));
  if (body.status !== 'success') throw new Error(body.error || 'Prometheus gave no data');
  return body.data;
}

export async function lines(run, expr, range, step, choices) {
  const start = Math.floor(range.from / step) * step;
  const times = Array.from({ length: Math.floor((range.to - start) / step) + 1 }, (_, n) => start + n * step);
  const { result } = await ask(run, 'query_range', { query: substitute(expr, range, step, choices), start, end: times.at(-1), step });
  return result.map(series => {
    const values = new Array(times.length).fill(null);
    for (const [time, value] of series.values) {
      const number = Number(value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : value);
      values[Math.round((time - start) / step)] = Number.isFinite(number) ? number : null;
    }
    return { labels: series.metric, times: times.map(time => time * 1000), values };
  });
}

export const named = (format, labels) => (format || '').replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? '').trim() || Object.values(labels).join(' ') || 'value';

// Windows in which an annotation query has samples.
export async function regions(run, annotations, range) {
  const step = Math.max(1, Math.ceil((range.to - range.from) / 1000));
  const all = await Promise.all(annotations.filter(one => one.enable).map(async one =>
    (await lines(run, one.expr, range, step)).flatMap(line => {
      const found = [];
      line.values.forEach((value, at) => {
        if (!value) return;
        const last = found.at(-1);
        if (last && line.times[at] - last.to <= 2 * step * 1000) last.to = line.times[at];
        else found.push({ name: one.name, color: one.iconColor, title: named(one.titleFormat, line.labels), from: line.times[at], to: line.times[at] });
      });
      return found;
    })));
  return all.flat();
}
