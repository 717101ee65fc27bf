import { useCallback, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createTheme, ThemeContext } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import { initPluginTranslations } from '@grafana/i18n';
import { Panel, ROW } from './Panel.jsx';
import { ask, lines, named, regions, stepOf } from './prometheus.js';

await initPluginTranslations('lab-console');
const theme = createTheme({ colors: { mode: 'dark' } });
const LOOK = 5000;
const RANGES = { '2 min': 120, '5 min': 300, '15 min': 900, '1 h': 3600 };

const read = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const write = values => { location.hash = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString(); };

function useAddress() {
  const [address, set] = useState(read);
  useEffect(() => { const turned = () => set(read()); addEventListener('hashchange', turned); return () => removeEventListener('hashchange', turned); }, []);
  return [address, useCallback(changed => write({ ...read(), ...changed }), [])];
}

function useWidth() {
  const [width, set] = useState(document.documentElement.clientWidth);
  useEffect(() => { const resized = () => set(document.documentElement.clientWidth); addEventListener('resize', resized); return () => removeEventListener('resize', resized); }, []);
  return width;
}

function Board({ board, run, range, width, choices, stamp }) {
  const [data, setData] = useState({});
  const [shades, setShades] = useState([]);
  useEffect(() => {
    let stale = false;
    regions(run, board.annotations.list, range).then(found => stale || setShades(found), () => stale || setShades([]));
    for (const panel of board.panels.filter(one => one.type !== 'row')) {
      const step = stepOf(range, (width * panel.gridPos.w) / 24);
      Promise.all(panel.targets.map(async target => (await lines(run, target.expr, range, step, choices)).map(line => ({ ...line, refId: target.refId, name: named(target.legendFormat, line.labels) }))))
        .then(all => ({ lines: all.flat() }), error => ({ error: error.message }))
        .then(found => stale || setData(before => ({ ...before, [panel.id]: found })));
    }
    return () => { stale = true; };
  }, [board, run, stamp, width, JSON.stringify(choices)]);
  const bottom = Math.max(...board.panels.map(panel => panel.gridPos.y + panel.gridPos.h));
  return (
    <main style={{ position: 'relative', height: bottom * ROW + 12 }}>
      {board.panels.map(panel => <Panel key={panel.id} panel={panel} data={data[panel.id]} shades={shades} range={range} width={width} theme={theme} />)}
    </main>
  );
}

function Runs({ state, go }) {
  return (
    <main style={{ padding: 16 }}>
      <h2>Runs</h2>
      <table cellPadding={6}><tbody>
        {state.runs.map(run => <tr key={run.id}>
          <td>{run.watched ? <a href="#" onClick={event => { event.preventDefault(); go({ page: '', run: run.id, span: '' }); }}>{run.id}</a> : run.id}</td>
          <td>{run.verdict}</td>
          <td>{run.report && <a href={`runs/${run.id}/report.html`}>report</a>}</td>
          <td style={{ color: theme.colors.text.secondary }}>{run.watched ? '' : 'no figures were kept: run it with --watch'}</td>
        </tr>)}
      </tbody></table>
    </main>
  );
}

const Choice = ({ label, value, values, pick }) => (
  <label style={{ marginRight: 12, whiteSpace: 'nowrap' }}>{label}{' '}
    <select value={value} style={{ width: 'auto', height: 28, padding: '2px 6px', appearance: 'auto', color: theme.colors.text.primary, background: theme.colors.background.secondary, border: `1px solid ${theme.colors.border.medium}`, borderRadius: 4 }} onChange={event => pick(event.target.value)}>{values.map(one => <option key={one}>{one}</option>)}</select></label>);

function App() {
  const [state, setState] = useState(null);
  const [trouble, setTrouble] = useState('');
  const [address, go] = useAddress();
  const [tick, setTick] = useState(0);
  const [instances, setInstances] = useState([]);
  const width = useWidth();
  const live = state?.live && (address.run || state.run) === state.live;
  // A run begins and ends while the page is open, so what is live is asked for again and again; the boards are asked for once.
  useEffect(() => {
    let gone = false;
    let timer;
    let boards;
    let before;
    const look = async () => {
      try {
        const answer = await fetch(boards ? 'api/runs' : 'api/state');
        if (!answer.ok) throw new Error(`it says ${answer.status}`);
        const text = await answer.text();
        if (gone) return;
        setTrouble('');
        if (text !== before) {
          const found = JSON.parse(text);
          boards ??= found.boards;
          before = text;
          setState({ ...found, boards });
        }
      } catch (error) {
        if (!gone) setTrouble(`the console does not answer (${error.message})`);
      }
      if (!gone) timer = setTimeout(look, LOOK);
    };
    look();
    return () => { gone = true; clearTimeout(timer); };
  }, []);
  useEffect(() => {
    if (!live || address.pause) return undefined;
    const timer = setInterval(() => setTick(now => now + 1), LOOK);
    return () => clearInterval(timer);
  }, [live, address.pause]);
  const run = address.run || state?.run;
  const board = useMemo(() => state?.boards.find(one => one.uid === address.board) ?? state?.boards.at(-1), [state, address.board]);
  const whole = state?.runs.find(one => one.id === run);
  const span = RANGES[address.span];
  const range = useMemo(() => {
    const to = live ? Date.now() / 1000 : (whole?.to ?? Date.now() / 1000);
    return { from: span ? to - span : live ? to - 300 : (whole?.from ?? to - 300), to };
  }, [live, live || whole?.from, live || whole?.to, span, tick, board]); // the end of a run at work moves, and must not move a page that is held
  useEffect(() => {
    if (run) ask(run, 'label/instance/values', { 'match[]': 'up{job="shortener"}', start: range.from, end: range.to }).then(setInstances, () => setInstances([]));
  }, [run, instances.length ? 0 : tick]); // a run that has just begun has none yet
  if (!state) return <p style={{ margin: 16 }}>{trouble || '…'}</p>;
  const variables = board.templating.list.map(one => one.name);
  return (
    <>
      <header style={{ padding: '8px 12px', display: 'flex', gap: 12, alignItems: 'center', flexWrap: 'wrap', borderBottom: `1px solid ${theme.colors.border.weak}` }}>
        {state.boards.map(one => <a key={one.uid} href="#" onClick={event => { event.preventDefault(); go({ page: '', board: one.uid }); }}
          style={{ fontWeight: one === board && address.page !== 'runs' ? 700 : 400, color: one === board ? theme.colors.text.maxContrast : theme.colors.text.link }}>{one.title}</a>)}
        <a href="#" onClick={event => { event.preventDefault(); go({ page: 'runs' }); }} style={{ color: theme.colors.text.link }}>Runs</a>
        <span style={{ flex: 1 }} />
        {trouble && <span style={{ color: theme.colors.error.text }}>{trouble}</span>}
        {variables.map(name => <Choice key={name} label={name} value={address[name] || 'all'} values={['all', ...instances]} pick={value => go({ [name]: value === 'all' ? '' : value })} />)}
        <Choice label="time" value={address.span || (live ? '5 min' : 'whole run')} values={[...(live ? [] : ['whole run']), ...Object.keys(RANGES)]} pick={value => go({ span: RANGES[value] ? value : '' })} />
        {live && <button style={{ height: 28, color: theme.colors.text.primary, background: theme.colors.background.secondary, border: `1px solid ${theme.colors.border.medium}`, borderRadius: 4 }} onClick={() => go({ pause: address.pause ? '' : '1' })}>{address.pause ? 'go on' : 'live: hold'}</button>}
      </header>
      {address.page === 'runs' || !run ? <Runs state={state} go={go} /> : <>
        <p style={{ margin: '8px 12px', color: theme.colors.text.secondary }}>
          <b style={{ color: theme.colors.text.primary, fontSize: 18 }}>{board.title}</b> · {board.description} · {run}{live ? ' (live)' : ''} {whole?.report && <a href={`runs/${run}/report.html`}>report</a>}
        </p>
        <Board key={board.uid + run} board={board} run={run} range={range} width={width} stamp={`${tick} ${range.from} ${range.to}`} choices={Object.fromEntries(variables.map(name => [name, address[name]]))} />
      </>}
    </>
  );
}

createRoot(document.getElementById('root')).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles hackNoBackdropBlur isExtensionSidebarOpen={false} />
    <App />
  </ThemeContext.Provider>);
