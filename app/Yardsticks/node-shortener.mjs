// Yardstick: a shortener on Node's own http server with its links in a Map. No framework and no database: the cheapest one to write.
import { createServer } from "node:http";

const links = new Map([["bench01", "https://example.org/some/long/path?utm_source=bench"]]);
const [host, port] = process.env.LISTEN.split(":");

createServer((request, response) => {
  const url = links.get(request.url.slice(1));
  if (url === undefined) response.writeHead(404).end();
  else response.writeHead(302, { Location: url, "Content-Length": 0 }).end();
}).listen(Number(port), host);
