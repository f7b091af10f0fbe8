/*
 * The report when scripts run: the steps sorted, filtered and shown slice by slice, long lists read
 * when they are opened. Everything that it shows is elements of the page's own text, which stands
 * escaped in <noscript>; it makes no markup of data. It must not know: what a plan means.
 */
"use strict";
(() => {
	const SLICE = 50;

	/* What stands in a <noscript>, as elements. Scripts and images in it would do nothing. */
	const read = (inert) => new DOMParser().parseFromString(inert.textContent, "text/html").body;

	const make = (tag, members, ...children) => {
		const element = Object.assign(document.createElement(tag), members);
		element.append(...children);
		return element;
	};

	const inflate = (inert) => inert.replaceWith(...read(inert).childNodes);

	/* --- long lists: read when their fold opens --- */

	document.addEventListener("toggle", (event) => {
		if (event.target.open)
			event.target.querySelectorAll(":scope > noscript.later").forEach(inflate);
	}, true);

	/* --- families: piece by piece --- */

	const pieces = () => [...document.querySelectorAll("noscript.piece")];
	const moreFamilies = make("button", {type: "button", className: "more", textContent: "Show more families"});
	const showPiece = (piece) => {
		inflate(piece);
		moreFamilies.hidden = pieces().length === 0;
	};

	if (pieces().length > 0) {
		document.querySelector("#families").append(moreFamilies);
		moreFamilies.addEventListener("click", () => showPiece(pieces()[0]));
	}

	/* An id that a link leads to may stand in a piece that nobody has read yet, or in a fold. */
	const find = (id) => {
		if (!document.getElementById(id))
			pieces().filter((piece) => piece.textContent.includes(`id="${id}"`)).forEach(showPiece);
		return document.getElementById(id);
	};
	const follow = () => {
		const target = find(decodeURIComponent(location.hash.slice(1)));
		if (!target)
			return;
		for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details"))
			fold.open = true;
		target.scrollIntoView({block: "center"});
	};
	document.addEventListener("click", (event) => {
		const link = event.target.closest("a[href^='#of-']");
		if (link)
			find(link.getAttribute("href").slice(1));
	});
	window.addEventListener("hashchange", () => {
		if (location.hash.startsWith("#of-"))
			follow();
	});

	/* --- steps --- */

	const COLUMN = {order: 0, action: 1, account: 4, region: 5, saving: 6};

	const amount = (text) => {
		const value = Number.parseFloat(text);
		return Number.isNaN(value) ? -1 : value;
	};
	const KEYS = {[COLUMN.order]: Number, [COLUMN.saving]: amount};

	class Steps {
		constructor(inert) {
			const frame = read(inert).firstElementChild;
			this.frame = document.adoptNode(frame);
			this.table = this.frame.querySelector("table");
			this.body = this.table.tBodies[0];
			this.rows = [...this.body.rows].map((row) => ({
				row,
				cells: [...row.cells].map((cell) => cell.textContent),
				text: row.textContent.toLowerCase(),
				warns: row.querySelector(".warning") !== null,
			}));
			this.sorted = {column: COLUMN.order, down: false};
			this.body.replaceChildren();
			this.makeHead();
			this.makeTools();
			this.more = make("button", {type: "button", className: "more"});
			this.more.addEventListener("click", () => this.showSlice());
			inert.replaceWith(this.tools, this.count, this.frame, this.more);
			new IntersectionObserver((entries) => {
				if (entries.some((entry) => entry.isIntersecting))
					this.showSlice();
			}, {root: this.frame, rootMargin: "600px"}).observe(this.tail());
			this.update();
		}

		/* An empty row group after the last row: when it comes into sight, more is shown. */
		tail() {
			this.end = make("tbody", {}, make("tr", {}, make("td", {colSpan: 8})));
			this.end.ariaHidden = "true";
			this.table.append(this.end);
			return this.end;
		}

		makeHead() {
			[...this.table.tHead.rows[0].cells].forEach((cell, column) => {
				const textContent = cell.textContent;
				const button = make("button", {type: "button", textContent});
				button.addEventListener("click", () => this.sort(column));
				/* A button is not repeated on every sheet of paper, text is. */
				cell.replaceChildren(button, make("span", {className: "paper", textContent}));
			});
		}

		choice(title, column) {
			const values = [...new Set(this.rows.map((each) => each.cells[column]))].sort();
			const select = make("select", {}, make("option", {value: "", textContent: "all"}),
				...values.map((value) => make("option", {value, textContent: value})));
			select.selectedIndex = 0;
			select.addEventListener("change", () => this.update());
			this.choices.push({select, column});
			return make("label", {hidden: values.length < 2}, title, select);
		}

		makeTools() {
			this.choices = [];
			this.search = make("input", {type: "search", placeholder: "ami-…, a name, a reason", autocomplete: "off"});
			this.search.addEventListener("input", () => this.update());
			this.warned = make("input", {type: "checkbox"});
			this.warned.addEventListener("change", () => this.update());
			this.opener = make("button", {type: "button", textContent: "Open all evidence"});
			this.opener.addEventListener("click", () => this.openAll(!this.opened));
			this.count = make("p", {className: "count"});
			this.count.setAttribute("role", "status");
			this.tools = make("div", {className: "tools"},
				make("label", {className: "search"}, "Search (press /)", this.search),
				this.choice("Action", COLUMN.action), this.choice("Account", COLUMN.account),
				this.choice("Region", COLUMN.region),
				make("label", {className: "tick", hidden: !this.rows.some((each) => each.warns)},
					this.warned, "with warnings only"),
				this.opener);
			this.tools.setAttribute("role", "search");
			this.tools.setAttribute("aria-label", "Steps");
		}

		openAll(open) {
			this.opened = open;
			this.opener.textContent = open ? "Close all evidence" : "Open all evidence";
			for (const each of this.rows)
				each.row.querySelector("details").open = open;
		}

		sort(column) {
			this.sorted = {column, down: this.sorted.column === column && !this.sorted.down};
			this.update();
		}

		compare(column) {
			const key = KEYS[column];
			if (key)
				return (a, b) => key(a.cells[column]) - key(b.cells[column]);
			return (a, b) => (a.cells[column] < b.cells[column] ? -1 : a.cells[column] > b.cells[column] ? 1 : 0);
		}

		update() {
			const words = this.search.value.toLowerCase().split(/\s+/).filter((word) => word);
			const chosen = this.choices.filter(({select}) => select.selectedIndex > 0);
			const {column, down} = this.sorted;

			this.shown = this.rows.filter((each) =>
				words.every((word) => each.text.includes(word)) &&
				chosen.every((choice) => each.cells[choice.column] === choice.select.value) &&
				(!this.warned.checked || each.warns));
			if (column !== COLUMN.order)
				this.shown.sort(this.compare(column));
			if (down)
				this.shown.reverse();
			[...this.table.tHead.rows[0].cells].forEach((cell, i) => {
				if (i === column)
					cell.setAttribute("aria-sort", down ? "descending" : "ascending");
				else
					cell.removeAttribute("aria-sort");
			});
			this.body.replaceChildren();
			this.next = 0;
			this.frame.scrollTop = 0;
			this.showSlice();
			this.count.textContent = this.shown.length === this.rows.length ?
				`${this.rows.length} steps` : `${this.shown.length} of ${this.rows.length} steps`;
		}

		showSlice(length = SLICE) {
			this.body.append(...this.shown.slice(this.next, this.next + length).map((each) => each.row));
			this.next = Math.min(this.next + length, this.shown.length);
			this.more.hidden = this.next === this.shown.length;
			this.more.textContent = `Show more (${this.shown.length - this.next})`;
			this.end.hidden = this.more.hidden;
		}
	}

	const plan = document.querySelector("noscript#plan");
	const steps = plan ? new Steps(plan) : null;

	/* --- keys: / searches, Escape forgets, arrows walk along folds --- */

	const walk = (summary, by) => {
		const all = [...document.querySelectorAll("main summary")].filter((each) => each.checkVisibility());
		const next = all[all.indexOf(summary) + by];
		if (next)
			next.focus();
	};

	document.addEventListener("keydown", (event) => {
		const at = event.target;
		if (event.ctrlKey || event.metaKey || event.altKey)
			return;
		if (event.key === "/" && steps && !at.matches("input, select")) {
			event.preventDefault();
			steps.search.focus();
		} else if (event.key === "Escape" && steps && at === steps.search) {
			steps.search.value = "";
			steps.update();
		} else if (at.matches("summary") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
			event.preventDefault();
			walk(at, event.key === "ArrowDown" ? 1 : -1);
		}
	});

	/* --- paper: every item; evidence as far as it was opened --- */

	window.addEventListener("beforeprint", () => {
		if (steps)
			steps.showSlice(Infinity);
		pieces().forEach(showPiece);
		document.querySelectorAll("details.group:not(#documents *)").forEach((fold) => {
			fold.open = true;
		});
		document.querySelectorAll("details[open] > noscript.later").forEach(inflate);
	});

	if (location.hash.startsWith("#of-"))
		follow();
})();
