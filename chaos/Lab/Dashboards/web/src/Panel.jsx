import { useLayoutEffect, useRef } from 'react';
import { dateTime, FieldColorModeId, FieldType, getDisplayProcessor, toDataFrame } from '@grafana/data';
import { BarGauge, BigValue, BigValueColorMode, BigValueGraphMode, BigValueTextMode, PanelChrome, TimeSeries } from '@grafana/ui';

const ROW = 30;

/** One panel of a dashboard file, drawn by Grafana's own components. */
export function Panel({ panel, data, shades, range, width, theme }) {
  const { x, y, w, h } = panel.gridPos;
  const place = { position: 'absolute', left: (width * x) / 24 + 4, top: y * ROW + 4 };
  if (panel.type === 'row') return <h3 style={{ ...place, margin: 0, fontSize: 15, lineHeight: `${ROW - 4}px` }}>{panel.title}</h3>;
  const size = { width: Math.floor((width * w) / 24) - 8, height: h * ROW - 8 };
  const none = panel.fieldConfig.defaults.noValue;
  const frames = data?.lines ? framesOf(panel, data.lines, theme) : [];
  const empty = data && !frames.some(frame => frame.fields[1].values.some(value => value !== null));
  return (
    <section style={place} data-panel={panel.title} data-state={!data ? 'loading' : data.error ? 'error' : empty ? 'empty' : 'drawn'} data-none={none}>
      <PanelChrome title={panel.title} description={panel.description} width={size.width} height={size.height} statusMessage={data?.error} padding="md">
        {(width, height) => !data || data.error || empty
          ? <div style={{ width, height, display: 'grid', placeItems: 'center', textAlign: 'center', color: theme.colors.text.secondary, fontSize: 13 }}>{data?.error || (data ? none : '…')}</div>
          : panel.type === 'stat' ? <Stat panel={panel} frame={frames[0]} width={width} height={height} theme={theme} />
          : panel.type === 'bargauge' ? <Bars panel={panel} frames={frames} width={width} height={height} theme={theme} />
          : <TimeSeries frames={frames} timeRange={{ from: dateTime(range.from * 1000), to: dateTime(range.to * 1000), raw: { from: dateTime(range.from * 1000), to: dateTime(range.to * 1000) } }}
              timeZone="browser" width={width} height={height} legend={panel.options.legend} options={panel.options}>
              {config => <Shades config={config} regions={shades} named={w === 24} />}
            </TimeSeries>}
      </PanelChrome>
    </section>
  );
}

function framesOf(panel, lines, theme) {
  const { custom, ...defaults } = panel.fieldConfig.defaults;
  return lines.map((line, at) => {
    const config = { ...defaults, custom, displayNameFromDS: line.name, color: { mode: panel.type === 'timeseries' ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds } };
    const frame = toDataFrame({ refId: line.refId, fields: [
      { name: 'Time', type: FieldType.time, values: line.times, config: {} },
      { name: 'Value', type: FieldType.number, values: line.values, labels: line.labels, config },
    ] });
    const finite = line.values.filter(value => value !== null);
    const [min, max] = [Math.min(...finite), Math.max(...finite)];
    frame.fields.forEach(field => {
      field.state = { seriesIndex: at, origin: { fieldIndex: 1, frameIndex: at }, displayName: field.type === FieldType.number ? line.name : 'Time' };
      if (field.type === FieldType.number) field.state.range = { min, max, delta: max - min };
      field.display = getDisplayProcessor({ field, theme });
    });
    return frame;
  });
}

const lastOf = field => field.values.findLast(value => value !== null);

function Stat({ panel, frame, width, height, theme }) {
  const [time, value] = frame.fields;
  return <BigValue width={width} height={height} theme={theme} colorMode={BigValueColorMode.Background} graphMode={BigValueGraphMode.Area} textMode={BigValueTextMode.Value}
    value={{ ...value.display(lastOf(value)), title: panel.title }} sparkline={{ x: time, y: value }} />;
}

function Bars({ frames, width, height, theme }) {
  const each = Math.floor(height / frames.length);
  // The gauge gives a name a fifth of its width, which is too little for ours.
  const label = Math.min(width * 0.4, 8 + 7 * Math.max(...frames.map(frame => frame.fields[1].config.displayNameFromDS.length)));
  return frames.map(frame => {
    const field = frame.fields[1], name = field.config.displayNameFromDS;
    return <div key={name} style={{ display: 'flex', alignItems: 'center' }}>
      <span title={name} style={{ width: label, fontSize: 12, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</span>
      <BarGauge width={width - label} height={each - 2} theme={theme} orientation="horizontal" displayMode="gradient" field={field.config} display={field.display} text={{ valueSize: 14 }}
        value={field.display(lastOf(field))} />
    </div>;
  });
}

// Windows of one kind that touch become one: three instances hurt at once are one red area, not a darker one.
function united(regions) {
  const all = [];
  for (const one of [...regions].sort((a, b) => a.from - b.from)) {
    const last = all.findLast(other => other.name === one.name);
    if (last && one.from <= last.to) last.to = Math.max(last.to, one.to);
    else all.push({ ...one });
  }
  return all;
}

// One label for each kind of fault that began about the same time, with everything it was done to.
function labels(regions) {
  const all = [];
  for (const one of regions.filter(region => region.name === 'Faults')) {
    const [kind, target] = one.title.split(' on ');
    const same = all.find(other => other.kind === kind && Math.abs(other.from - one.from) < 3000);
    if (same) same.targets.push(target);
    else all.push({ kind, from: one.from, targets: [target] });
  }
  return all;
}

// Drawn below the lines: faults as red areas, loads as grey ones, starts of a build as blue lines; above them the faults' names.
function Shades({ config, regions, named }) {
  const now = useRef(regions);
  now.current = regions;
  useLayoutEffect(() => {
    config.addHook('drawClear', plot => areas(plot, united(now.current)));
    // `lab console --check` looks for it: data alone are no lines.
    config.addHook('draw', plot => plot.root.closest('[data-panel]')?.setAttribute('data-painted', 'yes'));
    if (named) config.addHook('draw', plot => names(plot, labels(now.current)));
  }, [config]);
  return null;
}

function names(plot, found) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = `${11 * devicePixelRatio}px sans-serif`;
  // The axes leave theirs.
  [ctx.textAlign, ctx.textBaseline] = ['left', 'alphabetic'];
  found.forEach((one, at) => {
    const text = `${one.kind} on ${one.targets.sort().join(', ')}`;
    const width = ctx.measureText(text).width + 8, x = Math.min(plot.valToPos(one.from, 'x', true), bbox.left + bbox.width - width), y = bbox.top + (2 + 16 * (at % 3)) * devicePixelRatio;
    ctx.fillStyle = 'rgba(110, 20, 30, 0.92)';
    ctx.fillRect(x, y, width, 15 * devicePixelRatio);
    ctx.fillStyle = '#fff';
    ctx.fillText(text, x + 4, y + 11 * devicePixelRatio);
  });
  ctx.restore();
}

function areas(plot, found) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const one of found) {
    const from = plot.valToPos(one.from, 'x', true), to = Math.max(plot.valToPos(one.to, 'x', true), from + 2);
    ctx.fillStyle = one.color;
    if (one.name === 'Deploys and restarts') {
      ctx.globalAlpha = 0.8;
      ctx.fillRect(from, bbox.top, 1.5, bbox.height);
    } else {
      ctx.globalAlpha = one.name === 'Faults' ? 0.28 : 0.1;
      ctx.fillRect(from, bbox.top, to - from, bbox.height);
    }
  }
  ctx.restore();
}

export { ROW };
