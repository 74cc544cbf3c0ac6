/// <reference lib="dom" />
/** The hits panel's own page. */
import 'uplot/dist/uPlot.min.css';
import './hits.css';
import { Panel } from './panel';

new Panel(document.getElementById('panel')!);
