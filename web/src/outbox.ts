import { request } from './session.ts';

interface Message {
  id: string;
  createdAt: string;
  recipients: string[];
  subject: string;
  body: string;
  status: string;
  sentBy: string[];
}

const NEWEST = `query Outbox {
  notifications(first: 100) { nodes { id createdAt recipients subject body status sentBy } }
}`;
const REFRESH_MS = 3000;

const rows = new Map<string, HTMLTableRowElement>();
const table = document.getElementById('messages') as HTMLTableSectionElement;
const problem = document.getElementById('problem') as HTMLParagraphElement;
const nothing = document.getElementById('nothing') as HTMLParagraphElement;

/** Text only: nothing that an upstream sent is ever read as markup. */
function row({ createdAt, recipients, subject, body }: Message): HTMLTableRowElement {
  const line = document.createElement('tr');
  line.insertCell().textContent = createdAt.slice(0, 19).replace('T', ' ');
  line.insertCell().textContent = recipients.join(', ') || 'operators';
  const message = document.createElement('details');
  const title = document.createElement('summary');
  title.textContent = subject;
  message.append(title, ...body.split('\n').map(paragraph));
  line.insertCell().append(message);
  line.insertCell();
  return line;
}

function paragraph(text: string): HTMLElement {
  const box = document.createElement('p');
  box.textContent = text;
  return box;
}

/** Rows stay where they are, so that one that is open stays open; what is new goes on top. */
async function refresh(): Promise<void> {
  try {
    const { notifications } = await request<{ notifications: { nodes: Message[] } }>(NEWEST);
    for (const message of notifications.nodes.reverse()) {
      const line = rows.get(message.id) ?? row(message);
      if (!rows.has(message.id)) table.prepend(line);
      rows.set(message.id, line);
      const state = line.cells[3] as HTMLTableCellElement;
      state.textContent = [message.status.toLowerCase(), ...message.sentBy].join(' by ');
    }
    nothing.hidden = rows.size > 0;
    problem.hidden = true;
  } catch (error) {
    problem.textContent = `${error instanceof Error ? error.message : String(error)} Sign in on the first page.`;
    problem.hidden = false;
  }
}

void refresh();
setInterval(() => void refresh(), REFRESH_MS);
