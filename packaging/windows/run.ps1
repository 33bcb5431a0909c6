# The Windows twin of the Makefile. Written from the documentation and never run yet: nobody here had a Windows machine.
#
#   powershell -ExecutionPolicy Bypass -File packaging\windows\run.ps1          opens the sidebar
#   powershell -ExecutionPolicy Bypass -File packaging\windows\run.ps1 test     runs every check and test
param([ValidateSet("run", "test")] [string] $Task = "run")

$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")
$Python = ".venv\Scripts\python.exe"
$Command = ".venv\Scripts\agent-assist.exe"

function Invoke-Checked {
    param([string] $Program, [string[]] $Arguments)
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program stopped with exit status $LASTEXITCODE." }
}

function Find-Python {
    $ErrorActionPreference = "Continue" # Windows PowerShell takes a line on stderr for an error
    foreach ($version in "3.14", "3.13", "3.12", "3.11") {
        & py "-$version" -c "import ensurepip" 2>$null
        if ($LASTEXITCODE -eq 0) { return $version }
    }
    throw "No Python from 3.11 to 3.14 was found. Install one with: winget install Python.Python.3.13"
}

# True where a stamp is missing or older than the pins.
function Test-Outdated {
    param([string] $Stamp)
    if (-not (Test-Path $Stamp)) { return $true }
    $made = (Get-Item $Stamp).LastWriteTimeUtc
    foreach ($pin in "pyproject.toml", "packaging\constraints.txt") {
        if ((Get-Item $pin).LastWriteTimeUtc -gt $made) { return $true }
    }
    return $false
}

function Install-Project {
    param([string] $Extras, [string] $Stamp)
    if (-not (Test-Outdated $Stamp)) { return }
    if (-not (Test-Path $Python)) { Invoke-Checked "py" @("-$(Find-Python)", "-m", "venv", ".venv") }
    Write-Host "agent-assist: installing; compiling the language engine, once, takes about six minutes."
    Write-Host "agent-assist: it needs the C++ build tools: winget install Microsoft.VisualStudio.2022.BuildTools"
    Invoke-Checked $Python @(
        "-m", "pip", "install", "--disable-pip-version-check", "-c", "packaging\constraints.txt", "-e", ".$Extras"
    )
    Set-Content -Path $Stamp -Value ""
}

if ($Task -eq "run") {
    Install-Project "" ".venv\.ready"
    if (-not (Test-Path ".venv\.model")) {
        & $Command models install --recommended
        if ($LASTEXITCODE -eq 0) { Set-Content -Path ".venv\.model" -Value "" }
        else { Write-Host "agent-assist: going on without a language model: feelings are read, replies are not written." }
    }
    Invoke-Checked $Python @("main.py")
    exit 0
}

Install-Project "[test]" ".venv\.ready-test"
foreach ($model in "smollm2-135m", "qwen2.5-coder-1.5b") { Invoke-Checked $Command @("models", "install", $model) }
$env:AGENT_ASSIST_MODELS = & $Python -c "from agent_assist.paths import find_places; print(find_places().models)"
$env:QT_QPA_PLATFORM = "offscreen"
Invoke-Checked ".venv\Scripts\ruff.exe" @("check", ".")
Invoke-Checked ".venv\Scripts\ruff.exe" @("format", "--check", ".")
Invoke-Checked ".venv\Scripts\mypy.exe" @()
foreach ($fixtures in Get-Item "tests\*\conftest.py") { Invoke-Checked ".venv\Scripts\mypy.exe" @($fixtures.FullName) }
Invoke-Checked ".venv\Scripts\lint-imports.exe" @()
Invoke-Checked $Python @("-m", "pytest")
