#!/usr/bin/perl
# System tier: wget (GnuTLS) at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

sub wget {
	my ($how, @steps) = @_;
	my $host = $how->{host} =~ /:/ ? "[$how->{host}]" : $how->{host};
	my $tls = $how->{tls} // '';
	my $url = ($tls ? 'ftps' : 'ftp') . "://$host:21/";
	my @wget = ('wget', '-nv', '-t', 1, '-T', 20, "--user=$how->{user}",
	    "--password=$how->{password}", "--ca-certificate=$how->{ca}",
	    $tls eq 'implicit' ? '--ftps-implicit' : (),
	    $how->{active} ? '--no-passive-ftp' : ());
	my @commands;

	while (my $step = shift @steps) {
		my ($verb, $remote, $local) = @$step;
		my $path = ($remote // '') =~
		    s{([^\w./-])}{sprintf '%%%02X', ord $1}ger;
		my %as = (
			list => ['--no-remove-listing', '-O', '-', "$url$path/"],
			get => ['-O', $local, "$url$path"],
			reget => ['-c', "$url$path"],
			get_tree => ['-r', '-N', '-l', 'inf', '-nH', '--cut-dirs=1', '-P',
			    $local // '', "$url$path"],
		);
		my @command = (@wget, @{ $as{$verb} });
		push @commands, \@command, '';
	}
	return @commands;
}

my $none = 'it does downloads only';
my $client = { name => 'wget', packages => ['wget'],
    version => 'wget --version', run => \&wget, cannot => {
        (map { $_ => $none } qw(put reput put_time put_tree rename remove mkdir
            rmdir)),
        get_time => 'it has them from LIST, an old one to the day',
        abort => 'one that is stopped ends; see "killed"' } };

jobs($client);
jobs($client, tls => 'explicit');

done_testing;
