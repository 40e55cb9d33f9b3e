#!/usr/bin/perl
# System tier: GNU inetutils' ftp, NetBSD's tnftp and ftp-ssl: the jobs of daily
# use, and every command that a user types into them, its effect looked at on
# disk or in the output. FTPS with ftp-ssl.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Inftpd::System;
use Test::More;

my $here = '/srv/here';
my $there = '/home/alice';

my %line = (
	list => 'ls %s', get => 'get %s %s', put => 'put %s %s',
	reget => 'reget %s %s', reput => "restart 300000\nput %s %s",
	get_time => 'get %s %s', put_time =>
	    "put %1\$s %2\$s\nquote MFMT 20010909014640 %2\$s", rename => 'rename %s %s', remove => 'delete %s',
	mkdir => 'mkdir %s', rmdir => 'rmdir %s', type => '%s',
);

# Options: verbose, no prompts, no login by itself.
sub typed {
	my ($program, @passive) = @_;

	return sub {
		my ($how, @steps) = @_;

		return ([$program, '-vin', $how->{tls} ? ('-z', 'secure') : (),
		    $passive[$how->{active} ? 1 : 0]], join '', map { "$_\n" }
		    "open $how->{host}",
		    $how->{named} ? "quote HOST $how->{named}" : (), "user $how->{user} $how->{password}",
		    'binary', (map { my ($verb, @arg) = @$_;
			@arg = quoted(@arg) if $verb ne 'type';
			sprintf $line{$verb}, @arg } @steps), 'bye');
	};
}

# --- every command --------------------------------------------------------------

# A file of theirs or of ours.
sub theirs {
	my ($name, $text) = @_;

	write_file("$there/$name", $text);
	chown 1001, 1001, "$there/$name";
}

sub ours { write_file("$here/$_[0]", $_[1]) }
sub mine { return -e "$here/$_[0]" ? read_file("$here/$_[0]") : '' }
sub its { return -e "$there/$_[0]" ? read_file("$there/$_[0]") : '' }

my $text = "a line\n" x 1000;

# What is typed; what must be so then, given the output; what is made before.
my @typed = (
	['ls dir', sub { $_[0] =~ /one.*two/s }],
	['dir dir', sub { $_[0] =~ /^-rw.* 4 .* one\r?\n-rw.* two\r?$/m }],
	['get big', sub { mine('big') eq its('big') }],
	['mget m*', sub { mine('m1') . mine('m2') eq '12' },
	    sub { theirs("m$_", $_) for 1, 2 }],
	['put up', sub { its('up') eq mine('up') }],
	['mput p*', sub { its('p1') . its('p2') eq '12' },
	    sub { ours("p$_", $_) for 1, 2 }],
	['newer big', sub { mine('big') eq its('big') }, sub {
		ours('big', 'old');
		utime 1_400_000_000, 1_400_000_000, "$here/big";
		utime 1_500_000_000, 1_500_000_000, "$there/big";
	}],
	['newer big big', sub { mine('big') eq 'new' }, sub { ours('big', 'new') }],
	['reget big', sub { mine('big') eq its('big') &&
	    $_[0] =~ /\(?500000 bytes/ },
	    sub { ours('big', substr its('big'), 0, 300_000) }],
	['append up log', sub { its('log') eq 'begun' . mine('up') },
	    sub { theirs('log', 'begun') }],
	["restart 300000\nget big", sub { mine('big') eq its('big') },
	    sub { ours('big', substr its('big'), 0, 300_000) }],
	['size big', sub { $_[0] =~ /\b800000\b/ }],
	['rename dir/one dir/three', sub { !-e "$there/dir/one" &&
	    its('dir/three') eq "one\n" }],
	['delete big', sub { !-e "$there/big" }],
	['mdelete m*', sub { !-e "$there/m1" && !-e "$there/m2" &&
	    -e "$there/big" }, sub { theirs("m$_", $_) for 1, 2 }],
	['mkdir made', sub { -d "$there/made" }],
	['rmdir made', sub { !-e "$there/made" },
	    sub { mkdir "$there/made"; chown 1001, 1001, "$there/made" }],
	["cd dir\nget one", sub { mine('one') eq "one\n" }],
	["cd dir\ncdup\nget dir/one one", sub { mine('one') eq "one\n" }],
	["lcd mine\nget big", sub { mine('mine/big') eq its('big') }],
	["cd dir\npwd", sub { $_[0] =~ m{(?:257 "|directory: )/home/alice/dir\b} }],
	["ascii\nget text\nput text sent", sub { mine('text') eq $text &&
	    its('sent') eq $text && $_[0] =~ /ASCII mode/ },
	    sub { theirs('text', $text) }],
	["ascii\nbinary\nget big", sub { mine('big') eq its('big') &&
	    $_[0] =~ /BINARY mode data.*big/ }],
	["case\nmget UPPER", sub { mine('upper') eq 'CASE' },
	    sub { theirs('UPPER', 'CASE') }],
	["hash\nget big", sub { mine('big') eq its('big') &&
	    $_[0] =~ /#{10}/ }],
	["close\nopen 192.0.2.1\nuser vera secret\npwd", sub {
		$_[0] =~ /221.*220.*230.*(?:"\/"|: \/)/s }],
	["close\npwd", sub { $_[0] =~ /221.*Not connected/s }],
	["close\nopen 192.0.2.1\nuser alice wrong\nuser alice secret\nget big",
	    sub { $_[0] =~ /530.*230/s && mine('big') eq its('big') }],
	['account something', sub { $_[0] =~ /^202 /m }],
	['bye', sub { $_[0] =~ /^221 /m }],
	['quit', sub { $_[0] =~ /^221 /m }],
	['status', sub { $_[0] =~ /Connected to 192\.0\.2\.1/ }],
	['rstatus', sub { $_[0] =~ /^211-.*^211 /ms }],
	['rstatus dir', sub { $_[0] =~ /^21[23]-.*one.*two.*^21[23] /ms }],
	['system', sub { $_[0] =~ /^215 UNIX Type: L8/m }],
	['help', sub { $_[0] =~ /mdelete/ }],
	['help rename', sub { $_[0] =~ /rename file/ }],
	['rhelp', sub { $_[0] =~ /^214-.*RETR.*^214 /ms }],
	['rhelp retr', sub { $_[0] =~ /^214 .*RETR/m }],
	['! echo shell >shell', sub { mine('shell') eq "shell\n" }],
);

sub every_command {
	my ($client, %cannot) = @_;

	serve($client, ascii_upload_enable => 'YES', ascii_download_enable => 'YES');
	for my $row (@typed) {
		my ($lines, $done, $before) = @$row;
		my $title = titled($client, 'typed', $lines =~ s/\n/, /gr);
		my ($command) = $lines =~ /^(\w*)/;

		SKIP: {
			skip "$title: $cannot{$command}", 1 if $cannot{$command};
			fresh();
			$before->() if $before;
			my ($status, $output) = run($client, {}, ['type', $lines]);
			my $ok = $done->($output);
			result($title, $ok, $status, $output);
		}
	}
}

# The interrupt key in a download: they send ABOR, behind Telnet's IP and
# urgent data, and take the next command.
sub interrupted {
	my ($client) = @_;
	my ($command, $input) = $client->{run}->(
	    { host => '192.0.2.1', user => 'slow', password => 'secret' });

	serve($client);
	fresh();
	pipe my $out, my $in or die "pipe: $!\n";
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		alarm 0;
		close $in;
		POSIX::dup2(fileno $out, 0);
		open STDOUT, '>', "$here/.output";
		open STDERR, '>&', \*STDOUT;
		exec @$command or POSIX::_exit(127);
	}
	close $out;
	$input =~ s/bye\n$//;
	syswrite $in, "${input}get big\n";
	my $begun = Inftpd::Test::wait_until(
	    sub { read_file("$here/.output") =~ /^150 /m && -s "$here/big" }, 10);
	kill 'INT', $pid;
	Inftpd::Test::wait_until(
	    sub { read_file("$here/.output") =~ /^(?:225|226) /m }, 10);
	syswrite $in, "size big\nbye\n";
	close $in;
	my $ended = Inftpd::Test::wait_until(sub { !sessions() }, 10);
	kill 'KILL', $pid if !$ended;
	waitpid $pid, 0;
	my $output = read_file("$here/.output");
	result(titled($client, 'typed', 'interrupted'), $begun && $ended &&
	    $output =~ /^426 .*^22[56] .*\b800000\b.*^221 /ms &&
	    length mine('big') < 800_000, $?, $output);
}

# --- the clients ----------------------------------------------------------------

my $none = 'it sets none';
my $trees = 'it has no command for whole trees';
my %cannot = (get_tree => $trees, put_tree => $trees,
    abort => 'by a key: see "interrupted"');
my @clients = (
	{ name => 'inetutils-ftp', packages => ['inetutils-ftp'],
	    version => 'inetutils-ftp --version',
	    run => typed('inetutils-ftp', '-p', '-A'),
	    cannot => { %cannot, get_time => $none } },
	{ name => 'tnftp', packages => ['tnftp'],
	    version => 'dpkg-query -W tnftp', run => typed('tnftp', '-p', '-A'),
	    cannot => \%cannot },
	{ name => 'ftp-ssl', packages => ['ftp-ssl'],
	    version => 'dpkg-query -W ftp-ssl', run => typed('ftp-ssl', '-p', '-v'),
	    cannot => { %cannot, get_time => $none } },
);

for my $client (@clients) {
	jobs($client);
	every_command($client);
	interrupted($client);
}
hosts($_, host => 'plain') for @clients[0, 1];
my $ssl = $clients[2];
jobs({ %$ssl, cannot => { %{ $ssl->{cannot} }, abort =>
    'it sends its Telnet bytes beside TLS, which breaks that' } },
    tls => 'explicit');
many($ssl, kinds => ['explicit']); # it knows no other
hosts($ssl, no_sni => 'it says no name', host => 'instead');
done_testing;
