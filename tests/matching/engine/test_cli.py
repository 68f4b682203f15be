import json
import subprocess
import sys

from matching.engine.cli import main


def write(path, rows):
    path.write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
    )
    return str(path)


def run(tmp_path, capabilities, demands, *extra):
    output = tmp_path / "out.jsonl"
    files = ["--capabilities", capabilities, "--demands", demands, "--output", str(output)]
    status = main(["rank", *files, "--encoder", "off", *extra])
    lines = output.read_text(encoding="utf-8").splitlines() if output.exists() else []
    return status, [json.loads(line) for line in lines]


def test_rank_writes_the_best_first(tmp_path):
    capabilities = write(
        tmp_path / "c.jsonl",
        [
            {"id": "a", "title": "发酵中试", "description": "", "unknown": 1},
            {"id": "b", "title": "锂电池中试", "description": "正极", "equipment": ["涂布机"]},
        ],
    )
    demands = write(tmp_path / "d.jsonl", [{"id": "d", "title": "锂电池涂布", "description": None}])

    status, lines = run(tmp_path, capabilities, demands, "--top", "2")

    assert status == 0
    assert [(line["demand_id"], line["capability_id"], line["rank"]) for line in lines] == [
        ("d", "b", 1),
        ("d", "a", 2),
    ]
    assert lines[0]["score"] > lines[1]["score"]


def test_a_bad_line_is_reported_with_file_and_number(tmp_path, capsys):
    capabilities = write(tmp_path / "c.jsonl", [{"id": "a", "title": "发酵"}])
    demands = tmp_path / "d.jsonl"
    demands.write_text('{"id": "d", "title": "甲"}\n\n{"id": "e", \n', encoding="utf-8")

    status, lines = run(tmp_path, capabilities, str(demands))

    assert status == 2
    assert lines == []
    assert f"{demands}:3: 第 3 行有误" in capsys.readouterr().err


def test_the_engine_runs_without_django():
    program = "import sys, matching.engine.cli; assert 'django' not in sys.modules, 'django'"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
